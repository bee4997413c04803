/**
 * @typedef {{
 *   signature: string, slot: number, position: number, err: any, memo: string | null, keys: string[], wire: Buffer, messageHash: string, blockhash: string,
 *   computeUnitPrice: bigint, meta: any, presentedAs?: number
 * }} Entry one landed transaction; presentedAs: the version that nodes pretend it to be of; position: its place in the block, from 0; computeUnitPrice: in micro-lamports; meta as getTransaction answers it, with amounts as bigint
 */

/** Every landed transaction by signature, by address and, while its blockhash lives, by message. */
export class History {
  /** @type {Map<string, Entry>} */
  bySignature = new Map();
  /** @type {Map<string, Entry[]>} oldest first */
  #byAddress = new Map();
  /** @type {Map<string, Set<string>>} blockhash -> hashes of the messages that landed with it */
  #messages = new Map();

  /** @param {Entry} entry */
  add(entry) {
    this.bySignature.set(entry.signature, entry);
    for (const key of entry.keys) {
      const list = this.#byAddress.get(key);
      if (list === undefined) this.#byAddress.set(key, [entry]);
      else list.push(entry);
    }
    const messages = this.#messages.get(entry.blockhash);
    if (messages === undefined) {
      this.#messages.set(entry.blockhash, new Set([entry.messageHash]));
      // Insertion order is about blockhash order; by the time 2,000 other hashes were used this one has long expired.
      if (this.#messages.size > 2000) this.#messages.delete(/** @type {string} */ (this.#messages.keys().next().value));
    } else messages.add(entry.messageHash);
  }

  /** @param {import('../transactions/parse.mjs').ParsedTransaction} transaction @param {string} messageHash */
  has(transaction, messageHash) {
    return this.bySignature.has(transaction.signature) || this.#messages.get(transaction.blockhash)?.has(messageHash) === true;
  }

  /** Forgets entries, newest first, that a rollback undid. @param {Entry[]} entries */
  remove(entries) {
    for (const entry of entries) {
      this.bySignature.delete(entry.signature);
      this.#messages.get(entry.blockhash)?.delete(entry.messageHash);
      for (const key of entry.keys) {
        const list = this.#byAddress.get(key) ?? [];
        const index = list.lastIndexOf(entry);
        if (index >= 0) list.splice(index, 1);
      }
    }
  }

  /** @param {string} address @returns {readonly Entry[]} oldest first */
  of(address) {
    return this.#byAddress.get(address) ?? [];
  }
}

/**
 * How many of `list` landed before the given place.
 * @param {readonly Entry[]} list oldest first @param {number} slot @param {number} position
 */
export function countBefore(list, slot, position) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = list[middle];
    if (entry.slot < slot || (entry.slot === slot && entry.position < position)) low = middle + 1;
    else high = middle;
  }
  return low;
}
