import { monotonicClock } from './clock.mjs';
import { Faults } from './faults/faults.mjs';
import { Storm } from './faults/storm.mjs';
import { MAX_PROCESSING_AGE } from './ledger/blocks.mjs';
import { Mempool } from './ledger/mempool.mjs';
import { Node } from './rpc/node.mjs';
import { parseTransaction } from './transactions/parse.mjs';

/** One ledger that advances by time, and the front nodes before it. */
export class Cluster {
  /** @type {NodeJS.Timeout | null} */ #timer = null;
  #stopped = false;
  /** @type {Set<'hand' | 'storm'>} */ #stalledBy = new Set();

  /**
   * @param {import('./ledger/ledger.mjs').Ledger} ledger
   * @param {{ slotMs: number, fronts: number, blockhashAge?: number, clock?: import('./clock.mjs').Clock }} options
   *   slotMs 0: slots advance only by clones_warp; clock: of the storms, the slots go by the machine's
   */
  constructor(ledger, { slotMs, fronts, blockhashAge = MAX_PROCESSING_AGE, clock = monotonicClock }) {
    this.ledger = ledger;
    this.ledger.blocks.blockhashAge = blockhashAge;
    this.slotMs = slotMs;
    this.mempool = new Mempool(ledger);
    this.fronts = Array.from({ length: fronts }, () => new Node(ledger, this.mempool, new Faults(), this));
    this.storm = new Storm(this, clock);
  }

  start() {
    this.#schedule(performance.now() + this.slotMs);
  }

  stop() {
    this.#stopped = true;
    this.storm.calm();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** @param {number} due when the open slot ends, on the monotonic clock */
  #schedule(due) {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#stopped || this.slotMs === 0) return;
    this.#timer = setTimeout(() => {
      this.ledger.advance();
      // A process that was stopped for a while goes on from now; it does not race through the slots that it missed.
      const now = performance.now();
      this.#schedule(Math.max(due + this.slotMs, now - this.slotMs));
    }, Math.max(0, due - performance.now()));
  }

  /** @param {number} slotMs */
  setSlotMs(slotMs) {
    this.slotMs = slotMs;
    this.start();
  }

  /** @param {number} slots */
  warp(slots) {
    this.ledger.warp(slots, this.slotMs || 400);
  }

  /** Finality stands still while anyone wants it to. @param {'hand' | 'storm'} by @param {boolean} stalled */
  stallFinality(by, stalled) {
    if (stalled) this.#stalledBy.add(by);
    else this.#stalledBy.delete(by);
    const wanted = this.#stalledBy.size > 0;
    if (wanted !== this.ledger.blocks.finalityStalled) this.ledger.stallFinality(wanted);
  }

  letFinalityGoOn() {
    this.stallFinality('hand', false);
    this.stallFinality('storm', false);
  }

  /** Abandons about that many slots, as far as none of them is finalized. @param {number} slots @param {'drop' | 'same' | 'reverse'} relanding */
  rollBackBy(slots, relanding) {
    const { blocks, tip } = this.ledger;
    let slot = Math.max(blocks.root, tip.slot - slots);
    while (!blocks.bySlot.has(slot)) slot--;
    return slot < tip.slot ? this.rollBackTo(slot, relanding) : [];
  }

  /**
   * @param {number} slot @param {'drop' | 'same' | 'reverse'} relanding
   * @returns {string[]} signatures of the transactions that the abandoned blocks held
   */
  rollBackTo(slot, relanding) {
    const undone = this.ledger.rollBackTo(slot);
    const again = relanding === 'drop' ? [] : relanding === 'same' ? undone : [...undone].reverse();
    for (const { wire } of again) this.mempool.submit(parseTransaction(wire), 0);
    return undone.map(({ signature }) => signature);
  }
}
