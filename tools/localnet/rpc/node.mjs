import { MIN_CONTEXT_SLOT_NOT_REACHED, RpcError } from './errors.mjs';
import { commitment, optionalInteger } from './params.mjs';

export const VERSION = '3.0.0';

/** One front node: the ledger as this node sees it, which faults may have bent. */
export class Node {
  /**
   * @param {import('../ledger/ledger.mjs').Ledger} ledger @param {import('../ledger/mempool.mjs').Mempool} mempool
   * @param {import('../faults/faults.mjs').Faults} faults @param {import('../cluster.mjs').Cluster} cluster
   */
  constructor(ledger, mempool, faults, cluster) {
    this.ledger = ledger;
    this.mempool = mempool;
    this.faults = faults;
    this.cluster = cluster;
    /** @type {Map<string, number>} since the start, by method */
    this.requests = new Map();
  }

  /** @param {string} method */
  countRequest(method) {
    this.requests.set(method, (this.requests.get(method) ?? 0) + 1);
  }

  /** @param {import('../ledger/blocks.mjs').Commitment} level */
  block(level) {
    return this.ledger.blocks.at(level, this.faults.lagSlots);
  }

  /** What this node says is the slot of a block. @param {{ slot: number }} block */
  claimedSlot(block) {
    return Math.max(0, block.slot + this.faults.slotOffset);
  }

  /** @param {{ height: number }} block */
  claimedHeight(block) {
    return Math.max(0, block.height + this.faults.heightOffset);
  }

  /**
   * The state that a request asks for by `commitment` and `minContextSlot`.
   * @param {Record<string, any>} options @param {import('../ledger/blocks.mjs').Commitment} [absent]
   */
  bank(options, absent) {
    const block = this.block(commitment(options.commitment, absent));
    const minimum = optionalInteger(options.minContextSlot, 'minContextSlot');
    const slot = this.claimedSlot(block);
    if (minimum !== undefined && slot < minimum) {
      throw new RpcError(MIN_CONTEXT_SLOT_NOT_REACHED, 'Minimum context slot has not been reached', { contextSlot: slot });
    }
    const read = (/** @type {string} */ key) => this.ledger.accounts.at(key, block.slot);
    return { block, slot, read, context: { apiVersion: VERSION, slot } };
  }

  /** The newest slot that this node has seen at each commitment. Walked once for an answer, not once for each transaction in it. */
  seen() {
    return { processed: this.block('processed').slot, confirmed: this.block('confirmed').slot, finalized: this.block('finalized').slot };
  }

  /** How far a landed transaction has come, as this node sees it; null when it has not seen it. @param {import('../ledger/history.mjs').Entry} entry */
  statusOf(entry, seen = this.seen()) {
    if (entry.slot > seen.processed) return null;
    if (entry.slot <= seen.finalized) return 'finalized';
    return entry.slot <= seen.confirmed ? 'confirmed' : 'processed';
  }
}
