import { stringify } from '../encoding/json.mjs';

/** @typedef {import('../rpc/node.mjs').Node} Node @typedef {import('../ledger/blocks.mjs').Commitment} Commitment */

/**
 * What a subscription wants to be told. Each hook is optional.
 * @typedef {{
 *   kind: string, commitment: Commitment, once?: boolean,
 *   onEntry?: (entry: import('../ledger/history.mjs').Entry) => any,
 *   onWrites?: (keys: Set<string>, slot: number) => any[],
 *   onSlot?: (tip: import('../ledger/blocks.mjs').Block) => any,
 *   onRoot?: (slot: number) => any
 * }} Interest
 * @typedef {Interest & { id: number, send: (text: string) => void }} Subscription
 */

const LEVELS = /** @type {const} */ (['processed', 'confirmed', 'finalized']);

/** Follows the ledger for one front node and tells its subscribers when each block reaches their commitment. */
export class Hub {
  /** @type {Map<number, Subscription>} */
  #subscriptions = new Map();
  /** @type {Map<number, Set<string>>} slot -> accounts written in it */
  #writes = new Map();
  /** @type {Record<string, number>} */
  #told;
  #nextId = 1;

  /** @param {Node} node */
  constructor(node) {
    this.node = node;
    this.#told = Object.fromEntries(LEVELS.map((level) => [level, node.block(level).slot]));
    const { ledger } = node;
    ledger.on('transaction', (entry, written) => {
      let keys = this.#writes.get(entry.slot);
      if (keys === undefined) this.#writes.set(entry.slot, (keys = new Set()));
      for (const { key } of written) keys.add(key);
      if (node.faults.lagSlots === 0) this.#tell('processed', entry.slot, [entry], new Set(written.map((/** @type {any} */ { key }) => key)));
    });
    ledger.on('slot', (tip) => this.#advance(tip));
  }

  /** @param {Interest} interest @param {(text: string) => void} send */
  add(interest, send) {
    const id = this.#nextId++;
    this.#subscriptions.set(id, { ...interest, id, send });
    return id;
  }

  /** @param {number} id */
  remove(id) {
    return this.#subscriptions.delete(id);
  }

  /** @param {Subscription} subscription @param {number | null} slot null: a notification without context @param {any} value */
  notify(subscription, slot, value) {
    const result = slot === null ? value : { context: { slot }, value };
    const params = { result, subscription: subscription.id };
    subscription.send(stringify({ jsonrpc: '2.0', method: `${subscription.kind}Notification`, params }));
    if (subscription.once) this.#subscriptions.delete(subscription.id);
  }

  /** @param {number} id */
  get(id) {
    return this.#subscriptions.get(id);
  }

  /** @param {import('../ledger/blocks.mjs').Block} tip */
  #advance(tip) {
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.onSlot) this.notify(subscription, null, subscription.onSlot(tip));
    }
    for (const level of LEVELS) {
      const newest = this.node.block(level).slot;
      const lagging = this.node.faults.lagSlots > 0;
      for (let slot = this.#told[level] + 1; slot <= newest; slot++) {
        const block = this.node.ledger.blocks.bySlot.get(slot);
        if (block === undefined) continue;
        if (level === 'finalized') this.#tellRoot(slot);
        // At `processed` a node that keeps up has told each transaction as it landed.
        if (level === 'processed' && !lagging) continue;
        if (block.transactions.length > 0) this.#tell(level, slot, block.transactions, this.#writes.get(slot) ?? new Set());
      }
      this.#told[level] = Math.max(this.#told[level], newest);
    }
    for (const slot of this.#writes.keys()) {
      if (slot >= this.#told.finalized) break;
      this.#writes.delete(slot);
    }
  }

  /** @param {number} slot */
  #tellRoot(slot) {
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.onRoot) this.notify(subscription, null, subscription.onRoot(slot));
    }
  }

  /** @param {Commitment} level @param {number} slot @param {import('../ledger/history.mjs').Entry[]} entries @param {Set<string>} keys */
  #tell(level, slot, entries, keys) {
    if (this.#subscriptions.size === 0) return;
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.commitment !== level) continue;
      if (subscription.onEntry) {
        for (const entry of entries) {
          const value = subscription.onEntry(entry);
          if (value !== undefined) this.notify(subscription, slot, value);
        }
      }
      for (const value of subscription.onWrites?.(keys, slot) ?? []) this.notify(subscription, slot, value);
    }
  }
}
