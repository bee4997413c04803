/** A blockhash can be used in the 150 blocks after the one that first saw it as its parent's hash: a minute of slots of 400 ms. */
export const MAX_PROCESSING_AGE = 150;
/** The most that a test may ask for: older hashes are forgotten. */
export const BLOCKHASH_AGE_MAX = 900;
export const CONFIRMED_DEPTH = 2;
export const FINALIZED_DEPTH = 32;
export const SLOTS_PER_EPOCH = 432_000;

/**
 * @typedef {'processed' | 'confirmed' | 'finalized'} Commitment
 * @typedef {{ slot: number, height: number, parent: number, time: number, hash: string, parentHash: string, transactions: import('./history.mjs').Entry[] }} Block
 *   time: unix seconds; hash: empty while the block is open
 */

/** The chain of blocks: which slots have one, which of them are confirmed and finalized, and which blockhashes are alive. */
export class Blocks {
  /** @type {Map<number, Block>} */
  bySlot = new Map();
  /** @type {Map<string, number>} blockhash -> height of the block that it names; the genesis hash stands at -1 */
  #heights = new Map();
  /** Highest finalized slot; it never moves back. */
  root = 0;
  finalityStalled = false;
  /** In how many blocks a blockhash can be used. */
  blockhashAge = MAX_PROCESSING_AGE;

  /** @param {string} genesisHash @param {number} time */
  constructor(genesisHash, time) {
    this.#heights.set(genesisHash, -1);
    /** @type {Block} */
    this.tip = { slot: 0, height: 0, parent: 0, time, hash: '', parentHash: genesisHash, transactions: [] };
    this.bySlot.set(0, this.tip);
  }

  /** Closes the open block under `hash` and opens the next one at `slot`. @param {string} hash @param {number} slot @param {number} time */
  advance(hash, slot, time) {
    const closed = this.tip;
    closed.hash = hash;
    this.#heights.set(hash, closed.height);
    this.tip = { slot, height: closed.height + 1, parent: closed.slot, time, hash: '', parentHash: hash, transactions: [] };
    this.bySlot.set(slot, this.tip);
    if (!this.finalityStalled) this.root = Math.max(this.root, this.#deepest(FINALIZED_DEPTH).slot);
    if (this.#heights.size > 1200) this.#forgetOldHashes();
  }

  #forgetOldHashes() {
    // A stalled finality keeps old blocks readable, and a lagging front node reads up to 512 slots behind them.
    const rootHeight = /** @type {Block} */ (this.bySlot.get(this.root)).height;
    for (const [hash, height] of this.#heights) {
      if (height < rootHeight - 1000) this.#heights.delete(hash);
      else break;
    }
  }

  /** Abandons every block after `slot`; the next block is opened above the slots that were abandoned. @param {number} slot @param {number} time */
  rollBackTo(slot, time) {
    const next = this.tip.slot + 1;
    for (let s = slot + 1; s <= this.tip.slot; s++) {
      const block = this.bySlot.get(s);
      if (block === undefined) continue;
      if (block.hash !== '') this.#heights.delete(block.hash);
      this.bySlot.delete(s);
    }
    const kept = /** @type {Block} */ (this.bySlot.get(slot));
    this.tip = { slot: next, height: kept.height + 1, parent: slot, time, hash: '', parentHash: kept.hash, transactions: [] };
    this.bySlot.set(next, this.tip);
  }

  /** The highest block at least `depth` slots below the tip. @param {number} depth @param {Block} [from] */
  #deepest(depth, from = this.tip) {
    let block = from;
    while (block.slot > 0 && this.tip.slot - block.slot < depth) block = /** @type {Block} */ (this.bySlot.get(block.parent));
    return block;
  }

  /**
   * The newest block at a commitment, as a node sees it that is `lag` slots behind.
   * @param {Commitment} commitment @param {number} [lag]
   * @returns {Block}
   */
  at(commitment, lag = 0) {
    if (commitment === 'processed') return this.#deepest(lag);
    if (commitment === 'confirmed') {
      const confirmed = this.#deepest(CONFIRMED_DEPTH + lag);
      return confirmed.slot < this.root && lag === 0 ? /** @type {Block} */ (this.bySlot.get(this.root)) : confirmed;
    }
    const root = /** @type {Block} */ (this.bySlot.get(this.root));
    if (lag === 0) return root;
    const lagged = this.#deepest(FINALIZED_DEPTH + lag);
    return lagged.slot < root.slot ? lagged : root;
  }

  /** Last block height at which `hash` may be used, or null when the hash is unknown. @param {string} hash */
  lastValidHeight(hash) {
    const height = this.#heights.get(hash);
    return height === undefined ? null : height + 1 + this.blockhashAge;
  }

  /** @param {string} hash @param {Block} block */
  isHashValidIn(hash, block) {
    const height = this.#heights.get(hash);
    return height !== undefined && height < block.height && block.height <= height + 1 + this.blockhashAge;
  }

  /** The newest 512 closed blocks, newest first, as the SlotHashes sysvar holds them. */
  slotHashes() {
    const hashes = [];
    for (let block = this.tip; block.slot > 0 && hashes.length < 512; ) {
      block = /** @type {Block} */ (this.bySlot.get(block.parent));
      hashes.push({ slot: BigInt(block.slot), hash: block.hash });
    }
    return hashes;
  }
}
