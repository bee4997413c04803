import { invalid } from '../rpc/errors.mjs';
import { Chance } from './chance.mjs';
import { STORM_KINDS } from './storm-kinds.mjs';

/** Episodes that one front node, or the cluster, may be in at the same time. */
const LANES = 2;
/**
 * Between the lies of one front node and those of another: whoever asks one node after the other must not collect two lies where at no
 * moment more than one was told.
 */
export const LIE_GAP_MS = 5000;
const EPISODES_MAX = 50_000;

/**
 * @typedef {{ front: number | 'cluster', kind: string, fromMs: number, untilMs: number, strength: Record<string, any> }} Episode
 *   fromMs, untilMs: since the storm began; a rollback takes no time
 * @typedef {{ seed: number, ms: number, fronts: number[], kinds: string[], liarsMax: number, pauseMs: number, lengthMs: number }} Plan
 *   fronts: those that may be struck; liarsMax: how many of them may lie at once; pauseMs, lengthMs: the longest
 * @typedef {{ front: number | 'cluster', kinds: string[], bag: string[], untilMs: Map<string, number>, liedUntilMs: number }} Target
 *   untilMs: when the newest episode of each kind ends
 */

/** The same plan gives the same episodes, in the order in which they begin. @param {Plan} plan @returns {Episode[]} */
export function stormSchedule({ seed, ms, fronts, kinds, liarsMax, pauseMs, lengthMs }) {
  const chance = new Chance(seed);
  const pause = () => chance.between(0, pauseMs);
  const possible = kinds.filter((kind) => liarsMax > 0 || !STORM_KINDS[kind].lies);
  const ofFronts = possible.filter((kind) => !STORM_KINDS[kind].cluster);
  const ofCluster = possible.filter((kind) => STORM_KINDS[kind].cluster);
  /** @type {Target[]} */
  const targets = [...fronts.map((front) => target(front, ofFronts)), target('cluster', ofCluster)].filter(({ kinds: some }) => some.length > 0);
  const lanes = targets.flatMap((struck) => Array.from({ length: LANES }, () => ({ struck, nextMs: pause() })));
  /** @type {Episode[]} */
  const episodes = [];
  for (;;) {
    const lane = earliest(lanes);
    if (lane === undefined || lane.nextMs >= ms) return episodes;
    const { struck, nextMs: fromMs } = lane;
    const liarsElsewhere = targets.filter((other) => other !== struck && other.liedUntilMs + LIE_GAP_MS > fromMs).length;
    const kind = drawn(struck, chance, (candidate) => {
      if ((struck.untilMs.get(candidate) ?? 0) > fromMs) return false;
      return !STORM_KINDS[candidate].lies || liarsElsewhere < liarsMax;
    });
    const length = chance.between(Math.ceil(lengthMs / 4), lengthMs);
    lane.nextMs = fromMs + length + pause();
    if (kind === undefined) continue;
    if (episodes.length === EPISODES_MAX) throw invalid(`Invalid params: ms holds more than ${EPISODES_MAX} episodes; make it shorter, or lengthMs longer.`);
    const untilMs = kind === 'rollback' ? fromMs : Math.min(ms, fromMs + length);
    episodes.push({ front: struck.front, kind, fromMs, untilMs, strength: STORM_KINDS[kind].strength(chance) });
    struck.untilMs.set(kind, untilMs);
    if (STORM_KINDS[kind].lies) struck.liedUntilMs = Math.max(struck.liedUntilMs, untilMs);
  }
}

/** @param {number | 'cluster'} front @param {string[]} kinds @returns {Target} */
function target(front, kinds) {
  return { front, kinds, bag: [], untilMs: new Map(), liedUntilMs: -Infinity };
}

/** @template {{ nextMs: number }} T @param {T[]} lanes @returns {T | undefined} */
function earliest(lanes) {
  return lanes.reduce((/** @type {T | undefined} */ first, lane) => (first === undefined || lane.nextMs < first.nextMs ? lane : first), undefined);
}

/**
 * Takes the next kind that fits now. Kinds are drawn from a shuffled bag, so that each has its turn before any comes again.
 * @param {Target} struck @param {Chance} chance @param {(kind: string) => boolean} fitsNow
 */
function drawn({ kinds, bag }, chance, fitsNow) {
  if (!bag.some(fitsNow)) bag.push(...chance.shuffled(kinds.filter((kind) => !bag.includes(kind))));
  const at = bag.findIndex(fitsNow);
  return at < 0 ? undefined : bag.splice(at, 1)[0];
}
