import { invalid } from '../rpc/errors.mjs';
import { config, integer, optionalBoolean, signature } from '../rpc/params.mjs';
import { parseTransaction } from '../transactions/parse.mjs';
import { stormPlan } from './storm-request.mjs';

/** @typedef {import('../rpc/node.mjs').Node} Node */

const WARP_MAX = 1_000_000;

/** The methods that bend the cluster. No fault strikes them. @type {Record<string, (node: Node, params: any[]) => any>} */
export const adminMethods = {
  clones_setFaults(node, [changes]) {
    const { front, reset, stallFinality, ...members } = config(changes);
    const fronts = frontsOf(node, front);
    const stalled = stallFinality === undefined ? null : optionalBoolean(stallFinality, 'stallFinality');
    for (const { faults } of fronts) {
      if (optionalBoolean(reset, 'reset')) faults.reset();
      faults.set(members);
    }
    if (stalled !== null) node.cluster.stallFinality('hand', stalled);
    return fronts[0].faults.get();
  },

  clones_getFaults(node, [options]) {
    return frontsOf(node, config(options).front)[0].faults.get();
  },

  /** How often each method was asked for since the start. */
  clones_getRequests: (node, [options]) => Object.fromEntries(frontsOf(node, config(options).front)[0].requests),

  clones_clearFaults(node) {
    for (const { faults } of node.cluster.fronts) faults.reset();
    node.cluster.storm.calm();
    return true;
  },

  /** Lays out a storm from its seed and begins it, in place of the one that may be on. */
  clones_storm(node, [request]) {
    const { cluster } = node;
    cluster.storm.begin(stormPlan(request, cluster.fronts.length));
    return cluster.storm.status();
  },

  clones_stormStatus: (node) => node.cluster.storm.status(),

  clones_calm(node) {
    node.cluster.storm.calm();
    return node.cluster.storm.status();
  },

  clones_warp(node, [slots]) {
    node.cluster.warp(integer(slots, 'slots', { min: 1, max: WARP_MAX }));
    return node.ledger.tip.slot;
  },

  clones_setSlotMs(node, [slotMs]) {
    node.cluster.setSlotMs(integer(slotMs, 'slotMs', { max: 600_000 }));
    return slotMs;
  },

  /** Every node answers for this transaction as if it were of that version, its bytes too; forgotten by a restart. */
  clones_presentAs(node, [options]) {
    const given = config(options);
    const entry = node.ledger.history.bySignature.get(signature(given.signature));
    if (entry === undefined) throw invalid('Invalid params: signature is of nothing that landed.');
    if (parseTransaction(entry.wire).lookups.length > 0) throw invalid('Invalid params: signature is of a transaction with lookup tables.');
    entry.presentedAs = integer(given.version, 'version', { min: 1, max: 127 });
    return true;
  },

  /** Abandons the newest blocks; what they held is dropped, or lands again in the same or the reverse order. */
  clones_rollback(node, [options]) {
    const { slots, relanding = 'drop' } = config(options);
    if (!['drop', 'same', 'reverse'].includes(relanding)) throw invalid('Invalid params: relanding must be drop, same or reverse.');
    const { ledger } = node;
    let target = ledger.tip.slot - integer(slots, 'slots', { min: 1 });
    while (target > 0 && !ledger.blocks.bySlot.has(target)) target--;
    if (target < ledger.blocks.root) {
      throw invalid(`Invalid params: slot ${target} is below the finalized slot ${ledger.blocks.root}, which never rolls back.`);
    }
    const undone = node.cluster.rollBackTo(target, relanding);
    return { slot: ledger.tip.slot, undone };
  },

  clones_status(node) {
    const { ledger, cluster, mempool } = node;
    return {
      slot: ledger.tip.slot,
      confirmed: ledger.blocks.at('confirmed').slot,
      finalized: ledger.blocks.root,
      blockHeight: ledger.tip.height,
      slotMs: cluster.slotMs,
      finalityStalled: ledger.blocks.finalityStalled,
      transactions: ledger.history.bySignature.size,
      pending: mempool.size,
      fronts: cluster.fronts.length,
      faucet: ledger.faucet.address,
    };
  },
};

/** The front nodes that a request means: its own, one by number, or all. @param {Node} node @param {unknown} front */
function frontsOf(node, front) {
  if (front === undefined || front === null) return [node];
  if (front === 'all') return node.cluster.fronts;
  return [node.cluster.fronts[integer(front, 'front', { max: node.cluster.fronts.length - 1 })]];
}
