import { invalid } from '../rpc/errors.mjs';
import { array, config, integer, optionalInteger } from '../rpc/params.mjs';
import { STORM_KINDS } from './storm-kinds.mjs';

export const SEED_MAX = 2 ** 32 - 1;
export const STORM_MS_MAX = 24 * 60 * 60 * 1000;
const EPISODE_MS_MAX = 600_000;
const MEMBERS = ['seed', 'ms', 'fronts', 'honestFronts', 'kinds', 'pauseMs', 'lengthMs'];

/**
 * What clones_storm was asked for, checked.
 * @param {unknown} request @param {number} frontCount how many front nodes the cluster has
 * @returns {import('./storm-schedule.mjs').Plan}
 */
export function stormPlan(request, frontCount) {
  const given = config(request);
  const unknown = Object.keys(given).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw invalid(`Invalid params: unknown member ${unknown.slice(0, 40)}.`);
  const majority = Math.floor(frontCount / 2) + 1;
  const honestFronts = optionalInteger(given.honestFronts, 'honestFronts', { min: majority, max: frontCount }) ?? Math.max(frontCount - 1, majority);
  const liarsMax = frontCount - honestFronts;
  return {
    seed: integer(given.seed, 'seed', { max: SEED_MAX }),
    ms: integer(given.ms, 'ms', { min: 1, max: STORM_MS_MAX }),
    fronts: frontsOf(given.fronts, frontCount),
    kinds: kindsOf(given.kinds, liarsMax),
    liarsMax,
    pauseMs: optionalInteger(given.pauseMs, 'pauseMs', { max: EPISODE_MS_MAX }) ?? 5000,
    lengthMs: optionalInteger(given.lengthMs, 'lengthMs', { min: 1, max: EPISODE_MS_MAX }) ?? 8000,
  };
}

/** @param {unknown} fronts @param {number} frontCount @returns {number[]} */
function frontsOf(fronts, frontCount) {
  if (fronts === undefined || fronts === null) return Array.from({ length: frontCount }, (_, front) => front);
  const list = distinct(fronts, 'fronts', frontCount);
  return list.map((front) => integer(front, 'every one of fronts', { max: frontCount - 1 }));
}

/** @param {unknown} kinds @param {number} liarsMax @returns {string[]} */
function kindsOf(kinds, liarsMax) {
  const all = Object.keys(STORM_KINDS);
  if (kinds === undefined || kinds === null) return all;
  const list = distinct(kinds, 'kinds', all.length);
  for (const kind of list) {
    if (typeof kind !== 'string' || !all.includes(kind)) throw invalid(`Invalid params: kinds must be of ${all.join(', ')}.`);
    if (STORM_KINDS[kind].lies && liarsMax === 0) throw invalid(`Invalid params: kinds holds ${kind}, which lies, but honestFronts lets no front node lie.`);
  }
  return list;
}

/** @param {unknown} value @param {string} name @param {number} max */
function distinct(value, name, max) {
  const list = array(value, name, Infinity);
  if (list.length === 0 || list.length > max || new Set(list).size < list.length) {
    throw invalid(`Invalid params: ${name} must hold 1 to ${max} members, none of them twice.`);
  }
  return list;
}
