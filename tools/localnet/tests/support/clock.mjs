/** A clock that a test moves. */
export class ManualClock {
  #now = 0;
  /** @type {Set<{ at: number, run: () => void }>} */
  #timers = new Set();

  now = () => this.#now;

  after = (/** @type {number} */ ms, /** @type {() => void} */ run) => {
    const timer = { at: this.#now + Math.max(0, ms), run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  get pending() {
    return this.#timers.size;
  }

  /** Lets every timer run at its own time on the way. @param {number} ms */
  advance(ms) {
    const target = this.#now + ms;
    while (this.#runNext(target, true));
    this.#now = target;
  }

  /** The process was stopped: time passes, and what was due on the way runs after it. @param {number} ms */
  sleepThrough(ms) {
    this.#now += ms;
    while (this.#runNext(this.#now, false));
  }

  /** @param {number} until @param {boolean} atItsTime */
  #runNext(until, atItsTime) {
    const [next] = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    if (next === undefined) return false;
    this.#timers.delete(next);
    if (atItsTime) this.#now = next.at;
    next.run();
    return true;
  }
}
