import { invalid } from '../rpc/errors.mjs';
import { Chance } from './chance.mjs';

/**
 * What each fault may be set to; `probability` members run from 0 to 1.
 * @type {Record<string, { absent: any, check: (value: any) => boolean, says: string }>}
 */
const MEMBERS = {
  drop: probability(),
  delay: probability(),
  delaySlots: whole(0, 100_000, 0),
  delayMs: whole(0, 600_000, 0),
  landInLastValidBlock: probability(),
  lastValidBlockOffset: whole(-150, 10, 0),
  timeoutAfterAccept: probability(),
  timeout: probability(),
  timeoutMs: whole(0, 600_000, 30_000),
  unauthorized: probability(),
  rateLimit: probability(),
  retryAfterSeconds: whole(0, 3600, 1),
  serverError: probability(),
  serverErrorStatus: whole(500, 599, 503),
  nullAnswers: probability(),
  claimFinalized: probability(),
  pageLimit: whole(0, 1000, 0),
  pageHoles: probability(),
  losesPlace: probability(),
  latencyMs: whole(0, 600_000, 0),
  lagSlots: whole(0, 500, 0),
  slotOffset: whole(-1_000_000_000, 1_000_000_000, 0),
  heightOffset: whole(-1_000_000_000, 1_000_000_000, 0),
  methods: { absent: null, check: (value) => value === null || (Array.isArray(value) && value.every((name) => typeof name === 'string')), says: 'null or an array of method names' },
};

function probability() {
  return { absent: 0, check: (/** @type {any} */ value) => typeof value === 'number' && value >= 0 && value <= 1, says: 'a probability from 0 to 1' };
}

/** @param {number} min @param {number} max @param {number} absent */
function whole(min, max, absent) {
  const check = (/** @type {any} */ value) => Number.isSafeInteger(value) && value >= min && value <= max;
  return { absent, check, says: `an integer from ${min} to ${max}` };
}

/** @param {Record<string, any>} members */
function check(members) {
  for (const [name, value] of Object.entries(members)) {
    if (!Object.hasOwn(MEMBERS, name)) throw invalid(`Invalid params: unknown fault ${name.slice(0, 40)}.`);
    if (!MEMBERS[name].check(value)) throw invalid(`Invalid params: ${name} must be ${MEMBERS[name].says}.`);
  }
}

/**
 * The faults of one front node. All are off until they are set; the same seed gives the same sequence of chances.
 * What was set by hand lies below; the episodes of a storm lie over it, the one that began last on top.
 */
export class Faults {
  #chance = new Chance(1);
  /** @type {Record<string, any>} */
  #set = {};
  /** @type {Set<Record<string, any>>} oldest first */
  #episodes = new Set();

  constructor() {
    this.reset();
  }

  /** Switches off what was set by hand. */
  reset() {
    for (const [name, { absent }] of Object.entries(MEMBERS)) this.#set[name] = absent;
    this.#settle();
  }

  /**
   * Lays the faults of an episode over what is there.
   * @param {Record<string, any>} members @returns {() => void} ends this episode and no other
   */
  begin(members) {
    check(members);
    const episode = { ...members };
    this.#episodes.add(episode);
    this.#settle();
    return () => {
      this.#episodes.delete(episode);
      this.#settle();
    };
  }

  #settle() {
    Object.assign(this, this.#set, ...this.#episodes);
  }

  /** Refuses the whole change when one member is wrong. @param {Record<string, any>} changes */
  set(changes) {
    const { seed, ...members } = changes;
    if (seed !== undefined && !Number.isSafeInteger(seed)) throw invalid('Invalid params: seed must be an integer.');
    check(members);
    if (seed !== undefined) this.#chance = new Chance(seed);
    Object.assign(this.#set, members);
    this.#settle();
  }

  /** What strikes now, by hand or by storm. */
  get() {
    return Object.fromEntries(Object.keys(MEMBERS).map((name) => [name, this[name]]));
  }

  /** @param {string} member @param {string} method */
  #strikes(member, method) {
    if (this.methods !== null && !this.methods.includes(method)) return false;
    return this.#chance.hits(this[member]);
  }

  /**
   * What the edge does with a request before (`401`, `429`, `5xx`, `timeout`) or after (`timeoutAfterAccept`) it is handled.
   * @param {string} method
   */
  edge(method) {
    if (this.#strikes('unauthorized', method)) return { kind: 'refusal' };
    if (this.#strikes('rateLimit', method)) return { kind: 'status', status: 429, retryAfter: this.retryAfterSeconds };
    if (this.#strikes('serverError', method)) return { kind: 'status', status: this.serverErrorStatus };
    if (this.#strikes('timeout', method)) return { kind: 'silence', handle: false };
    if (method === 'sendTransaction' && this.#chance.hits(this.timeoutAfterAccept)) return { kind: 'silence', handle: true };
    return { kind: 'none' };
  }

  /** Whether this answer pretends that the node knows of no such transaction. */
  hides() {
    return this.#chance.hits(this.nullAnswers);
  }

  /**
   * How many entries a page of a history may have: `pageLimit` caps it as providers do, without a word.
   * @param {number} asked
   */
  pageSize(asked) {
    return this.pageLimit > 0 ? Math.min(asked, this.pageLimit) : asked;
  }

  /** A page with entries left out of it. @template T @param {T[]} entries @returns {T[]} */
  tornPage(entries) {
    return entries.filter(() => !this.#chance.hits(this.pageHoles));
  }

  /** Whether the node no longer knows where the page before ended, and answers an empty one. */
  hasLostPlace() {
    return this.#chance.hits(this.losesPlace);
  }

  /** @template {string | null} T @param {T} status @returns {T | 'finalized'} */
  claim(status) {
    return status !== null && this.#chance.hits(this.claimFinalized) ? 'finalized' : status;
  }

  /**
   * Takes an accepted transaction to the mempool, or not.
   * @param {import('../rpc/node.mjs').Node} node @param {import('../transactions/parse.mjs').ParsedTransaction} transaction @param {number} retries
   */
  accept({ ledger, mempool }, transaction, retries) {
    if (this.#chance.hits(this.drop)) return;
    if (this.#chance.hits(this.landInLastValidBlock)) {
      const lastValid = ledger.blocks.lastValidHeight(transaction.blockhash);
      if (lastValid !== null) {
        const height = lastValid + this.lastValidBlockOffset;
        // Past the last valid block no validator would take it; only a test that asks for the impossible sees it land.
        mempool.hold(transaction, retries, { height, ignoreAge: this.lastValidBlockOffset > 0 });
        return;
      }
    }
    if (this.#chance.hits(this.delay)) {
      mempool.hold(transaction, retries, { slot: ledger.tip.slot + this.delaySlots, time: ledger.now() + this.delayMs });
      return;
    }
    mempool.submit(transaction, retries);
  }
}
