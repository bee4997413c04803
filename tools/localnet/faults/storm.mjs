import { SEED_MAX } from './storm-request.mjs';
import { LIE_GAP_MS, stormSchedule } from './storm-schedule.mjs';

/** @typedef {import('./storm-schedule.mjs').Episode} Episode @typedef {import('./storm-schedule.mjs').Plan} Plan */

/** A rollback that could not be done in its time (the process was stopped) is not made up for after this long. */
const ROLLBACK_LATE_MAX_MS = 1000;

/** Plays the schedule of a storm on the cluster: sets each fault when its episode begins and takes away that one when it ends. */
export class Storm {
  /** @type {Plan | null} */ #plan = null;
  #repeats = false;
  #running = false;
  #beganAt = 0;
  #planned = 0;
  /** @type {Record<string, number>} */ #begun = {};
  /** @type {{ atMs: number, episode: Episode, ends: boolean }[]} what is still to come, in order */
  #changes = [];
  /** @type {Map<Episode, () => void>} how to end each episode that is on */
  #active = new Map();
  #cancelTimer = () => {};

  /** @param {import('../cluster.mjs').Cluster} cluster @param {import('../clock.mjs').Clock} clock */
  constructor(cluster, clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /** Begins a storm in place of the one that may be on. @param {Plan} plan @param {{ repeats?: boolean }} [options] repeats: after a pause seed + 1 follows, until calm */
  begin(plan, { repeats = false } = {}) {
    const episodes = stormSchedule(plan);
    this.#end();
    this.#repeats = repeats;
    this.#planned = 0;
    this.#begun = {};
    this.#beginRound(plan, episodes);
  }

  /** @param {Plan} plan @param {Episode[]} episodes */
  #beginRound(plan, episodes) {
    this.#plan = plan;
    this.#running = true;
    this.#beganAt = this.clock.now();
    this.#planned += episodes.length;
    this.#changes = changesOf(episodes);
    // Whether a chance hits follows from the seed too, for one order of requests.
    for (const front of plan.fronts) this.cluster.fronts[front].faults.set({ seed: (plan.seed + front) % (SEED_MAX + 1) });
    this.#play();
  }

  /** Ends the storm and lets finality go on. */
  calm() {
    this.#end();
    this.cluster.letFinalityGoOn();
  }

  #end() {
    this.#cancelTimer();
    this.#running = false;
    this.#changes = [];
    for (const end of this.#active.values()) end();
    this.#active.clear();
  }

  status() {
    const now = this.clock.now() - this.#beganAt;
    return {
      seed: this.#plan?.seed ?? null,
      running: this.#running,
      endsInMs: this.#running ? Math.max(0, Math.round(/** @type {Plan} */ (this.#plan).ms - now)) : 0,
      planned: this.#planned,
      begun: { ...this.#begun },
      active: [...this.#active.keys()].map(({ front, kind, untilMs, strength }) => ({ front, kind, endsInMs: Math.max(0, Math.round(untilMs - now)), strength })),
    };
  }

  #play() {
    const plan = /** @type {Plan} */ (this.#plan);
    const now = this.clock.now() - this.#beganAt;
    while (this.#changes.length > 0 && this.#changes[0].atMs <= now) {
      const { episode, ends } = /** @type {any} */ (this.#changes.shift());
      if (ends) this.#endOne(episode);
      else if (episode.untilMs > now || (episode.kind === 'rollback' && now - episode.fromMs <= ROLLBACK_LATE_MAX_MS)) this.#beginOne(episode);
    }
    if (now < plan.ms) {
      const nextMs = Math.min(plan.ms, this.#changes[0]?.atMs ?? plan.ms);
      this.#cancelTimer = this.clock.after(nextMs - now, () => this.#play());
    } else if (this.#repeats) {
      const next = { ...plan, seed: (plan.seed + 1) % (SEED_MAX + 1) };
      this.#cancelTimer = this.clock.after(LIE_GAP_MS, () => this.#beginRound(next, stormSchedule(next)));
    } else this.#end();
  }

  /** @param {Episode} episode */
  #beginOne(episode) {
    const { front, kind, strength } = episode;
    this.#begun[kind] = (this.#begun[kind] ?? 0) + 1;
    if (kind === 'rollback') this.cluster.rollBackBy(strength.slots, strength.relanding);
    else if (kind === 'stallFinality') {
      this.cluster.stallFinality('storm', true);
      this.#active.set(episode, () => this.cluster.stallFinality('storm', false));
    } else this.#active.set(episode, this.cluster.fronts[/** @type {number} */ (front)].faults.begin(strength));
  }

  /** @param {Episode} episode */
  #endOne(episode) {
    this.#active.get(episode)?.();
    this.#active.delete(episode);
  }
}

/** Beginnings and ends by time; at one moment the ends come first, so that a lie never meets the next one. @param {Episode[]} episodes */
function changesOf(episodes) {
  const begins = episodes.map((episode) => ({ atMs: episode.fromMs, episode, ends: false }));
  const ends = episodes.filter(({ fromMs, untilMs }) => untilMs > fromMs).map((episode) => ({ atMs: episode.untilMs, episode, ends: true }));
  return [...begins, ...ends].sort((a, b) => a.atMs - b.atMs || Number(b.ends) - Number(a.ends));
}
