/** Slots between two tries of a transaction that could not be executed yet; validators resend about every two seconds. */
const RETRY_SLOTS = 5;
const PENDING_MAX = 20_000;

/**
 * @typedef {import('../transactions/parse.mjs').ParsedTransaction} ParsedTransaction
 * @typedef {{ transaction: ParsedTransaction, retriesLeft: number, dueSlot: number, dueHeight: number, dueTime: number, ignoreAge: boolean }} Pending
 */

/**
 * Transactions between acceptance and execution. Most land at once; one that cannot (say, its payer is not funded yet) is tried
 * again while its retries last and its blockhash lives; faults hold others back on purpose.
 */
export class Mempool {
  /** @type {Set<Pending>} */
  #pending = new Set();

  /** @param {import('./ledger.mjs').Ledger} ledger */
  constructor(ledger) {
    this.ledger = ledger;
    ledger.on('slot', () => this.tick());
  }

  get size() {
    return this.#pending.size;
  }

  /** @param {ParsedTransaction} transaction @param {number} retries */
  submit(transaction, retries) {
    this.#try({ transaction, retriesLeft: retries, dueSlot: 0, dueHeight: 0, dueTime: 0, ignoreAge: false });
  }

  /**
   * Holds a transaction back until all that is given has come.
   * @param {ParsedTransaction} transaction @param {number} retries
   * @param {{ slot?: number, height?: number, time?: number, ignoreAge?: boolean }} until time in milliseconds of the ledger's clock
   */
  hold(transaction, retries, { slot = 0, height = 0, time = 0, ignoreAge = false }) {
    this.#keep({ transaction, retriesLeft: retries, dueSlot: slot, dueHeight: height, dueTime: time, ignoreAge });
  }

  tick() {
    const { tip } = this.ledger;
    const time = this.ledger.now();
    for (const pending of [...this.#pending]) {
      if (pending.dueSlot > tip.slot || pending.dueHeight > tip.height || pending.dueTime > time) continue;
      this.#pending.delete(pending);
      this.#try(pending);
    }
  }

  /** @param {Pending} pending */
  #try(pending) {
    const { refused } = this.ledger.land(pending.transaction, { ignoreAge: pending.ignoreAge });
    if (refused === null || refused === 'AlreadyProcessed' || refused === 'SignatureFailure') return;
    const { blocks } = this.ledger;
    const expired = refused === 'BlockhashNotFound' && blocks.lastValidHeight(pending.transaction.blockhash) !== null;
    if (expired || pending.retriesLeft <= 0) return;
    this.#keep({ ...pending, retriesLeft: pending.retriesLeft - 1, dueSlot: blocks.tip.slot + RETRY_SLOTS });
  }

  /** @param {Pending} pending */
  #keep(pending) {
    // A full pool drops what comes last, as validators do.
    if (this.#pending.size < PENDING_MAX) this.#pending.add(pending);
  }
}
