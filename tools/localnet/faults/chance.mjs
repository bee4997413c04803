/** Reproducible chances: the mulberry32 generator, one 32-bit step for every question that is not certain. */
export class Chance {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** @param {number} probability from 0 to 1 */
  hits(probability) {
    if (probability <= 0) return false;
    return probability >= 1 || this.next() < probability;
  }

  /** A number from 0 up to, not including, 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer from `min` to `max`, both included. @param {number} min @param {number} max */
  between(min, max) {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** @template T @param {readonly T[]} list not empty @returns {T} */
  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  /** The same members in another order. @template T @param {readonly T[]} list */
  shuffled(list) {
    const order = [...list];
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.between(0, i);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}
