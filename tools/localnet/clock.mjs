/**
 * Where a storm takes its time from; tests bring their own.
 * @typedef {{ now: () => number, after: (ms: number, run: () => void) => () => void }} Clock
 *   now: milliseconds that only go forward; after: runs once, answers how to cancel it
 */

/** The machine's clock. Its timers keep no process alive. @type {Clock} */
export const monotonicClock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.max(0, ms)).unref();
    return () => clearTimeout(timer);
  },
};
