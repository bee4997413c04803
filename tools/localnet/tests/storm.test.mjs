import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Faults } from '../faults/faults.mjs';
import { stormPlan } from '../faults/storm-request.mjs';
import { LIE_GAP_MS, stormSchedule } from '../faults/storm-schedule.mjs';
import { ManualClock } from './support/clock.mjs';
import { startLocalnet } from './support/localnet.mjs';
import { fundedPayer, signedTransfer } from './support/transfers.mjs';

/** @type {Awaited<ReturnType<typeof startLocalnet>>} */ let localnet;
/** @type {ManualClock} */ let clock;
beforeEach(async () => {
  clock = new ManualClock();
  localnet = await startLocalnet({ fronts: 3, clock });
});
afterEach(() => localnet.stop());

const NONE = new Faults().get();
const storm = (/** @type {Record<string, any>} */ request) => localnet.rpc('clones_storm', request);
const status = () => localnet.rpc('clones_stormStatus');
const faultsOf = (/** @type {number} */ front) => localnet.cluster.fronts[front].faults.get();

/** The episodes that should be on, as the status tells them. @param {Record<string, any>} request @param {number} ms */
function expectedAt(request, ms) {
  const on = stormSchedule(stormPlan(request, 3)).filter(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs);
  return on.map(({ front, kind, untilMs, strength }) => ({ front, kind, endsInMs: untilMs - ms, strength }));
}

test('a storm is played as it was laid out: each fault is set from its beginning to its end and nothing is left behind', async () => {
  const request = { seed: 11, ms: 120_000 };
  const total = stormSchedule(stormPlan(request, 3)).length;
  const answer = await storm(request);
  assert.deepEqual([answer.seed, answer.running, answer.endsInMs, answer.planned], [11, true, 120_000, total]);
  for (let ms = 0; ms < 120_000; ms += 777) {
    const { active } = await status();
    assert.deepEqual(active, expectedAt(request, ms), `at ${ms} ms`);
    for (const front of [0, 1, 2]) {
      const strengths = active.filter((/** @type {any} */ episode) => episode.front === front).map((/** @type {any} */ { strength }) => strength);
      assert.deepEqual(faultsOf(front), Object.assign({}, NONE, ...strengths), `front ${front} at ${ms} ms`);
    }
    assert.equal(localnet.ledger.blocks.finalityStalled, active.some((/** @type {any} */ { kind }) => kind === 'stallFinality'));
    await localnet.warp(1);
    clock.advance(777);
  }
  const { running, endsInMs, begun, active } = await status();
  assert.deepEqual([running, endsInMs, active, clock.pending], [false, 0, [], 0]);
  assert.equal(Object.values(begun).reduce((sum, count) => sum + count), total);
  for (const front of [0, 1, 2]) assert.deepEqual(faultsOf(front), NONE);
  assert.equal(localnet.ledger.blocks.finalityStalled, false);
});

test('episodes that overlap on one front node do not end each other, nor what was set by hand', () => {
  const faults = new Faults();
  faults.set({ drop: 0.1, rateLimit: 0.2 });
  const endDrop = faults.begin({ drop: 1 });
  const endSilence = faults.begin({ timeout: 0.5, timeoutMs: 500 });
  const endOther = faults.begin({ timeoutAfterAccept: 0.5, timeoutMs: 0 });
  const seen = () => [faults.drop, faults.rateLimit, faults.timeout, faults.timeoutAfterAccept, faults.timeoutMs];
  assert.deepEqual(seen(), [1, 0.2, 0.5, 0.5, 0]);
  endOther();
  assert.deepEqual(seen(), [1, 0.2, 0.5, 0, 500]);
  faults.set({ rateLimit: 0.3 });
  endDrop();
  endDrop();
  assert.deepEqual(seen(), [0.1, 0.3, 0.5, 0, 500]);
  faults.reset();
  endSilence();
  assert.deepEqual(faults.get(), NONE);
  assert.throws(() => faults.begin({ hail: 1 }), /unknown fault hail/);
});

test('rollbacks take confirmed blocks back, again in any order, and never a finalized one', async () => {
  const payer = await fundedPayer(localnet);
  await storm({ seed: 5, ms: 60_000, kinds: ['rollback'], pauseMs: 1000, lengthMs: 2000 });
  const fates = { gone: 0, again: 0 };
  /** @type {import('../ledger/history.mjs').Entry[]} */
  const finalized = [];
  while ((await status()).running) {
    const transfer = await signedTransfer(localnet, payer);
    await localnet.rpc('sendTransaction', transfer.wire, { encoding: 'base64', skipPreflight: true });
    await localnet.warp(12);
    const entry = localnet.ledger.history.bySignature.get(transfer.signature);
    clock.advance(1000);
    const now = localnet.ledger.history.bySignature.get(transfer.signature);
    // Landed again it is another entry, in a later block.
    if (now === undefined) fates.gone++;
    else if (now !== entry) fates.again++;
    const newest = localnet.ledger.history.of(payer.publicKey.toString()).filter(({ slot }) => slot <= localnet.ledger.blocks.root);
    assert.ok(finalized.every((known, index) => newest[index] === known), 'a finalized transaction is gone');
    finalized.splice(0, Infinity, ...newest);
  }
  assert.ok(fates.gone > 0 && fates.again > 0 && finalized.length > 5, `${JSON.stringify(fates)} ${finalized.length}`);
  const { begun, planned } = await status();
  assert.deepEqual(begun, { rollback: planned });
});

test('calm ends the storm, its stall too; what was set by hand stays until clones_clearFaults', async () => {
  await localnet.rpc('clones_setFaults', { front: 1, drop: 0.5 });
  await storm({ seed: 3, ms: 60_000, kinds: ['stallFinality', 'lagSlots', 'drop'], pauseMs: 0 });
  clock.advance(1);
  assert.equal(localnet.ledger.blocks.finalityStalled, true);
  assert.ok(faultsOf(1).lagSlots > 0);
  const calm = await localnet.rpcAt(2, 'clones_calm');
  assert.deepEqual([calm.seed, calm.running, calm.endsInMs, calm.active, clock.pending], [3, false, 0, [], 0]);
  assert.equal(localnet.ledger.blocks.finalityStalled, false);
  assert.deepEqual([faultsOf(0), faultsOf(1)], [NONE, { ...NONE, drop: 0.5 }]);
  await storm({ seed: 3, ms: 60_000 });
  await localnet.rpc('clones_clearFaults');
  assert.deepEqual([(await status()).running, faultsOf(1)], [false, NONE]);
});

test('a stall that was set by hand outlasts the stalls of a storm', async () => {
  await localnet.rpc('clones_setFaults', { stallFinality: true });
  await storm({ seed: 3, ms: 10_000, kinds: ['stallFinality'], pauseMs: 0, lengthMs: 1000 });
  clock.advance(10_000);
  assert.equal((await status()).running, false);
  assert.equal(localnet.ledger.blocks.finalityStalled, true);
  await localnet.rpc('clones_setFaults', { stallFinality: false });
  assert.equal(localnet.ledger.blocks.finalityStalled, false);
});

test('a storm that repeats goes on with the next seed after a pause, until calm', async () => {
  localnet.cluster.storm.begin(stormPlan({ seed: 2 ** 32 - 1, ms: 20_000 }, 3), { repeats: true });
  const { planned } = await status();
  clock.advance(20_000);
  assert.deepEqual([(await status()).running, (await status()).active], [true, []]);
  clock.advance(LIE_GAP_MS);
  const { seed, planned: both } = await status();
  assert.deepEqual([seed, both], [0, planned + stormSchedule(stormPlan({ seed: 0, ms: 20_000 }, 3)).length]);
  clock.advance(10_000);
  await localnet.rpc('clones_calm');
  clock.advance(100_000);
  assert.deepEqual([(await status()).running, clock.pending], [false, 0]);
});

test('a new storm takes the place of the old one; a wrong one leaves it alone', async () => {
  await storm({ seed: 1, ms: 60_000 });
  clock.advance(10_000);
  const before = await status();
  await assert.rejects(storm({ seed: 2, ms: 'long' }), /-32602: Invalid params: ms must be an integer/);
  await assert.rejects(storm({ seed: 2, ms: 86_400_000, pauseMs: 0, lengthMs: 1 }), /Invalid params: ms holds more/);
  assert.deepEqual(await status(), before);
  await storm({ seed: 2, ms: 60_000, fronts: [0] });
  const after = await status();
  assert.deepEqual([after.seed, after.endsInMs, clock.pending], [2, 60_000, 1]);
  assert.deepEqual([faultsOf(1), faultsOf(2)], [NONE, NONE]);
});

test('a process that was stopped in a storm does not make up for the episodes and rollbacks that it missed', async () => {
  await localnet.warp(100);
  const height = localnet.ledger.tip.height;
  await storm({ seed: 4, ms: 600_000 });
  const atOnce = (await status()).planned;
  clock.sleepThrough(500_000);
  const { begun, active } = await status();
  assert.ok(Object.values(begun).reduce((sum, count) => sum + count, 0) < 20 && atOnce > 100);
  assert.deepEqual(active, expectedAt({ seed: 4, ms: 600_000 }, 500_000));
  assert.ok(localnet.ledger.tip.height > height - 70);
});

test('admin calls are answered in the middle of any storm', async () => {
  await storm({ seed: 9, ms: 60_000, kinds: ['timeout', 'rateLimit', 'serverError', 'latencyMs'], pauseMs: 0 });
  for (let i = 0; i < 60; i++) {
    clock.advance(1000);
    for (const front of [0, 1, 2]) assert.equal((await localnet.rpcAt(front, 'clones_stormStatus')).seed, 9);
  }
});

test('before any storm the status says so; a cluster that is stopped leaves no timer', async () => {
  assert.deepEqual(await status(), { seed: null, running: false, endsInMs: 0, planned: 0, begun: {}, active: [] });
  await storm({ seed: 9, ms: 60_000 });
  clock.advance(5000);
  localnet.cluster.stop();
  assert.equal(clock.pending, 0);
});
