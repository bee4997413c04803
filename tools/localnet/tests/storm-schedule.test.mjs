import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Faults } from '../faults/faults.mjs';
import { STORM_KINDS } from '../faults/storm-kinds.mjs';
import { stormPlan } from '../faults/storm-request.mjs';
import { LIE_GAP_MS, stormSchedule } from '../faults/storm-schedule.mjs';

/** @param {Record<string, any>} [request] @param {number} [fronts] */
const schedule = (request = {}, fronts = 3) => stormSchedule(stormPlan({ seed: 1, ms: 600_000, ...request }, fronts));
/** @param {{ kind: string }} episode */
const lies = ({ kind }) => STORM_KINDS[kind].lies === true;

test('the same seed lays out the same storm, another seed another', () => {
  assert.deepEqual(schedule({ seed: 7 }), schedule({ seed: 7 }));
  assert.notDeepEqual(schedule({ seed: 7 }), schedule({ seed: 8 }));
});

test('ten minutes before three front nodes hold every kind, on every front node that it can be on', () => {
  const episodes = schedule();
  const seen = new Set(episodes.map(({ front, kind }) => `${front} ${kind}`));
  for (const [kind, { cluster }] of Object.entries(STORM_KINDS)) {
    for (const front of cluster ? ['cluster'] : [0, 1, 2]) assert.ok(seen.has(`${front} ${kind}`), `${front} ${kind}`);
  }
  assert.ok(episodes.every(({ strength: { relanding, slots } }) => slots === undefined || (slots >= 3 && ['drop', 'same', 'reverse'].includes(relanding))));
});

test('episodes begin in order, end within the storm, and no kind meets itself on one front node', () => {
  for (let seed = 0; seed < 50; seed++) {
    const episodes = schedule({ seed, ms: 200_000, pauseMs: 1000 });
    const faults = new Faults();
    episodes.forEach((episode, index) => {
      assert.ok(episode.fromMs >= (episodes[index - 1]?.fromMs ?? 0) && episode.untilMs <= 200_000);
      assert.ok(episode.untilMs > episode.fromMs === (episode.kind !== 'rollback'));
      if (episode.front !== 'cluster') faults.begin(episode.strength)();
      const later = episodes.slice(index + 1);
      assert.ok(!later.some((other) => other.front === episode.front && other.kind === episode.kind && other.fromMs < episode.untilMs));
    });
  }
});

test('never more front nodes lie at once, or shortly after one another, than may', () => {
  for (const [fronts, honestFronts, most] of [[1, undefined, 0], [2, undefined, 0], [3, undefined, 1], [3, 3, 0], [4, undefined, 1], [5, 3, 2], [7, undefined, 1], [7, 4, 3]]) {
    let reached = 0;
    for (let seed = 0; seed < 40; seed++) {
      const told = schedule({ seed, ms: 200_000, honestFronts, pauseMs: 500 }, fronts).filter(lies);
      for (const { fromMs } of told) {
        const liars = new Set(told.filter((other) => other.fromMs <= fromMs && other.untilMs + LIE_GAP_MS > fromMs).map(({ front }) => front));
        reached = Math.max(reached, liars.size);
      }
    }
    assert.equal(reached, most, `${fronts} fronts, ${honestFronts} honest`);
  }
});

test('honest front nodes are struck all at once, and one by several kinds', () => {
  const episodes = schedule({ kinds: ['drop', 'lagSlots', 'timeout', 'rateLimit', 'serverError'], pauseMs: 500 });
  const at = (/** @type {number} */ ms) => episodes.filter(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs);
  const moments = episodes.map(({ fromMs }) => at(fromMs));
  assert.ok(moments.some((active) => new Set(active.map(({ front }) => front)).size === 3));
  assert.ok(moments.some((active) => active.filter(({ front }) => front === 0).length > 1));
});

test('only the fronts and kinds that were asked for', () => {
  const episodes = schedule({ fronts: [2], kinds: ['nullAnswers', 'rollback'] });
  assert.deepEqual(new Set(episodes.map(({ front, kind }) => `${front} ${kind}`)), new Set(['2 nullAnswers', 'cluster rollback']));
});

test('a wrong request is refused by the name of its field', () => {
  for (const [request, message] of /** @type {[any, RegExp][]} */ ([
    ['x', /configuration object/],
    [{ ms: 1000, seed: undefined }, /Invalid params: seed must be an integer from 0 to 4294967295/],
    [{ seed: -1 }, /seed must/], [{ seed: 2 ** 32 }, /seed must/], [{ seed: '1' }, /seed must/], [{ seed: 0.5 }, /seed must/],
    [{ ms: 0 }, /ms must be an integer from 1 to 86400000/], [{ ms: null }, /ms must/], [{ ms: 1e400 }, /ms must/],
    [{ fronts: 3 }, /fronts must be an array/], [{ fronts: [] }, /fronts must hold 1 to 3/], [{ fronts: [0, 0] }, /fronts must hold/], [{ fronts: [3] }, /fronts must be an integer from 0 to 2/],
    [{ honestFronts: 1 }, /honestFronts must be an integer from 2 to 3/], [{ honestFronts: 4 }, /honestFronts must/], [{ honestFronts: [0] }, /honestFronts must/],
    [{ kinds: 'drop' }, /kinds must be an array/], [{ kinds: [] }, /kinds must hold/], [{ kinds: ['hail'] }, /kinds must be of drop, delay/], [{ kinds: ['constructor'] }, /kinds must/], [{ kinds: [{}] }, /kinds must/],
    [{ kinds: ['nullAnswers'], honestFronts: 3 }, /kinds holds nullAnswers, which lies, but honestFronts/],
    [{ pauseMs: -1 }, /pauseMs must/], [{ pauseMs: 1e9 }, /pauseMs must/], [{ lengthMs: 0 }, /lengthMs must/], [{ lengthMs: true }, /lengthMs must/],
    [{ ms: 86_400_000, lengthMs: 1, pauseMs: 0 }, /ms holds more than 50000 episodes/],
    [{ length: 5 }, /unknown member length/],
  ])) {
    const whole = typeof request === 'string' ? request : { seed: 1, ms: 1000, ...request };
    assert.throws(() => stormSchedule(stormPlan(whole, 3)), (/** @type {any} */ error) => error.code === -32602 && message.test(error.message), JSON.stringify(request));
  }
  assert.throws(() => stormPlan({ seed: 1, ms: 1000, kinds: ['claimFinalized'] }, 1), /lets no front node lie/);
});
