import { NODE_UNHEALTHY, RpcError } from '../errors.mjs';
import { VERSION } from '../node.mjs';

/** Slots behind the cluster at which a validator calls itself unhealthy. */
const HEALTHY_LAG_MAX = 128;

/** @type {Record<string, (node: import('../node.mjs').Node, params: any[]) => any>} */
export const nodeMethods = {
  getHealth(node) {
    const numSlotsBehind = node.faults.lagSlots;
    if (numSlotsBehind > HEALTHY_LAG_MAX) {
      throw new RpcError(NODE_UNHEALTHY, `Node is behind by ${numSlotsBehind} slots`, { numSlotsBehind });
    }
    return 'ok';
  },
  getVersion: () => ({ 'solana-core': VERSION, 'feature-set': 0 }),
  getIdentity: (node) => ({ identity: node.ledger.genesis.identity }),
  getGenesisHash: (node) => node.ledger.genesis.hash,
  getSlotLeader: (node) => node.ledger.genesis.identity,
  getSlotLeaders: (node, [, limit]) => Array(Math.min(5000, Number.isInteger(limit) && limit > 0 ? limit : 0)).fill(node.ledger.genesis.identity),
  // There is no consensus here: nobody votes and nobody holds stake.
  getVoteAccounts: () => ({ current: [], delinquent: [] }),
  getClusterNodes: (node) => [
    { pubkey: node.ledger.genesis.identity, gossip: null, tpu: null, rpc: null, version: VERSION, featureSet: 0, shredVersion: 0 },
  ],
  getHighestSnapshotSlot(node) {
    return { full: node.block('finalized').slot, incremental: null };
  },
};
