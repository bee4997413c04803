/** @typedef {import('./chance.mjs').Chance} Chance */

/**
 * The kinds of episodes that a storm is made of, named for the fault that they set.
 * lies: the node answers what is not so, and alone it cannot be told from the truth; only a minority does at once. strength: what exactly is set, drawn anew for each
 * episode; for a front node these are members of Faults.
 * @type {Record<string, { lies?: true, cluster?: true, strength: (chance: Chance) => Record<string, any> }>}
 */
export const STORM_KINDS = {
  drop: { strength: (chance) => ({ drop: often(chance) }) },
  // Up to 160 slots: some of what is held back comes too late for its blockhash.
  delay: { strength: (chance) => ({ delay: often(chance), delaySlots: chance.between(1, 160) }) },
  // Never past the last valid block: that no honest validator does.
  landInLastValidBlock: { strength: (chance) => ({ landInLastValidBlock: often(chance), lastValidBlockOffset: chance.between(-2, 0) }) },
  timeoutAfterAccept: { strength: (chance) => ({ timeoutAfterAccept: often(chance), timeoutMs: chance.pick([0, 500, 5000, 30_000]) }) },
  timeout: { strength: (chance) => ({ timeout: often(chance), timeoutMs: chance.pick([0, 500, 5000, 30_000]) }) },
  rateLimit: { strength: (chance) => ({ rateLimit: often(chance), retryAfterSeconds: chance.between(0, 2) }) },
  // No lie, but who is refused by a majority can only wait: never more nodes at once than may lie.
  unauthorized: { lies: true, strength: (chance) => ({ unauthorized: often(chance) }) },
  serverError: { strength: (chance) => ({ serverError: often(chance), serverErrorStatus: chance.pick([500, 502, 503, 504]) }) },
  latencyMs: { strength: (chance) => ({ latencyMs: chance.between(20, 2000) }) },
  lagSlots: { strength: (chance) => ({ lagSlots: chance.between(1, 500) }) },
  pageLimit: { strength: (chance) => ({ pageLimit: chance.pick([1, 5, 50]) }) },
  pageHoles: { lies: true, strength: (chance) => ({ pageHoles: often(chance) }) },
  losesPlace: { lies: true, strength: (chance) => ({ pageLimit: 5, losesPlace: often(chance) }) },
  nullAnswers: { lies: true, strength: (chance) => ({ nullAnswers: often(chance) }) },
  claimFinalized: { lies: true, strength: (chance) => ({ claimFinalized: often(chance) }) },
  heightOffset: { lies: true, strength: (chance) => ({ heightOffset: chance.pick([-1, 1]) * chance.between(1, 1000) }) },
  slotOffset: { lies: true, strength: (chance) => ({ slotOffset: chance.pick([-1, 1]) * chance.between(1, 1000) }) },
  // From 3 slots on a rollback undoes confirmed blocks; 31 is as deep as one goes while finality keeps up.
  rollback: { cluster: true, strength: (chance) => ({ slots: chance.between(3, 31), relanding: chance.pick(['drop', 'same', 'reverse']) }) },
  stallFinality: { cluster: true, strength: () => ({}) },
};

/** Always, or a probability in tenths from 0.2. @param {Chance} chance */
function often(chance) {
  return chance.between(2, 10) / 10;
}
