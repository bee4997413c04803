import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { call, startLocalnet } from './support/localnet.mjs';
import { fundedPayer, signedTransfer, statusOf } from './support/transfers.mjs';

/** @type {Awaited<ReturnType<typeof startLocalnet>>} */ let localnet;
/** @type {Awaited<ReturnType<typeof fundedPayer>>} */ let payer;
beforeEach(async () => {
  localnet = await startLocalnet({ fronts: 3 });
  payer = await fundedPayer(localnet);
});
afterEach(() => localnet.stop());

/** @param {number} front @param {Record<string, any>} changes */
const faults = (front, changes) => localnet.rpc('clones_setFaults', { front, ...changes });
/** @param {number} front @param {{ wire: string }} transfer @param {Record<string, any>} [options] */
const sendTo = (front, { wire }, options = {}) => localnet.rpcAt(front, 'sendTransaction', wire, { encoding: 'base64', skipPreflight: true, maxRetries: 0, ...options });
/** @param {string} signature what each front node says of it */
const statuses = async (signature) => Promise.all([0, 1, 2].map(async (front) => (await statusOf(localnet, signature, front))?.confirmationStatus ?? null));
/** @param {any} key */
const balance = async (key) => (await localnet.rpc('getBalance', key.toString(), { commitment: 'processed' })).value;
/** What each front node answers: the result, or what went wrong. @param {string} method @param {any[]} params */
const askAll = (method, ...params) =>
  Promise.all([0, 1, 2].map((front) => localnet.rpcAt(front, method, ...params).catch((error) => error.status ?? error.code ?? 'silence')));
const FINALIZED = { commitment: 'finalized' };
const PROCESSED = { commitment: 'processed' };

for (const { name, changes, struck } of /** @type {{ name: string, changes: Record<string, any>, struck: () => Promise<any> }[]} */ ([
  { name: 'drop', changes: { drop: 1 }, struck: () => landsThrough(1).then((landed) => !landed) },
  { name: 'delay', changes: { delay: 1, delaySlots: 5 }, struck: () => landsThrough(1).then((landed) => !landed) },
  { name: 'landInLastValidBlock', changes: { landInLastValidBlock: 1 }, struck: () => landsThrough(1).then((landed) => !landed) },
  { name: 'timeoutAfterAccept', changes: { timeoutAfterAccept: 1, timeoutMs: 0 }, struck: () => landsThrough(1).catch(() => true) },
  { name: 'timeout', changes: { timeout: 1, timeoutMs: 0 }, struck: async () => (await askAll('getSlot'))[1] === 'silence' },
  { name: 'unauthorized', changes: { unauthorized: 1 }, struck: async () => (await askAll('getSlot'))[1] === 401 },
  { name: 'rateLimit', changes: { rateLimit: 1 }, struck: async () => (await askAll('getSlot'))[1] === 429 },
  { name: 'serverError', changes: { serverError: 1, serverErrorStatus: 502 }, struck: async () => (await askAll('getSlot'))[1] === 502 },
  { name: 'lagSlots', changes: { lagSlots: 30 }, struck: async () => spread(await askAll('getSlot', PROCESSED)) === -30 },
  { name: 'slotOffset', changes: { slotOffset: 77 }, struck: async () => spread(await askAll('getSlot', PROCESSED)) === 77 },
  { name: 'heightOffset', changes: { heightOffset: -20 }, struck: async () => spread(await askAll('getBlockHeight', PROCESSED)) === -20 },
  { name: 'nullAnswers', changes: { nullAnswers: 1 }, struck: async () => (await statuses(await landed()))[1] === null },
  { name: 'claimFinalized', changes: { claimFinalized: 1 }, struck: async () => (await statuses(await landed()))[1] === 'finalized' },
])) {
  test(`${name} on front 1 strikes front 1 alone`, async () => {
    await faults(1, changes);
    assert.equal(await struck(), true);
    for (const front of [0, 2]) {
      assert.equal(await landsThrough(front), true);
      assert.equal((await statusOf(localnet, await landed(), front)).confirmationStatus, 'processed');
      assert.equal(await localnet.rpcAt(front, 'getSlot', PROCESSED), localnet.ledger.tip.slot);
      assert.equal(await localnet.rpcAt(front, 'getBlockHeight', PROCESSED), localnet.ledger.tip.height);
    }
  });
}

/** @param {number} front */
async function landsThrough(front) {
  const transfer = await signedTransfer(localnet, payer);
  await sendTo(front, transfer);
  return localnet.ledger.history.bySignature.has(transfer.signature);
}

async function landed() {
  const transfer = await signedTransfer(localnet, payer);
  await sendTo(0, transfer);
  return transfer.signature;
}

/** How far front 1 is from the other two, which must agree. @param {number[]} answers */
function spread([first, second, third]) {
  assert.equal(first, third);
  return second - first;
}

test('front 1 lags by 150 slots, 0 and 2 are right; a minimum context slot tells them apart', async () => {
  await localnet.warp(200);
  const old = await landed();
  await localnet.warp(149);
  await faults(1, { lagSlots: 150 });
  assert.deepEqual(await statuses(old), ['finalized', null, 'finalized']);
  assert.deepEqual(await askAll('getTransaction', old).then((all) => all.map((answer) => answer !== null)), [true, false, true]);
  const minContextSlot = localnet.ledger.blocks.root;
  const history = await askAll('getSignaturesForAddress', payer.publicKey.toString(), { minContextSlot });
  assert.deepEqual([history[0][0].signature, history[1], history[2][0].signature], [old, -32016, old]);
  assert.deepEqual(await localnet.rpcAt(1, 'getSignaturesForAddress', payer.publicKey.toString(), { before: old }), [], 'it has never heard of that signature');
  const sentThroughIt = await signedTransfer(localnet, payer);
  await sendTo(1, sentThroughIt);
  assert.deepEqual(await statuses(sentThroughIt.signature), ['processed', null, 'processed']);
  await localnet.warp(1);
  assert.deepEqual(await statuses(old), ['finalized', 'processed', 'finalized']);
  await localnet.warp(32);
  assert.deepEqual(await statuses(old), ['finalized', 'finalized', 'finalized']);
});

test('a transaction that front 0 drops and front 2 accepts lands once and all see it', async () => {
  await faults(0, { drop: 1 });
  const transfer = await signedTransfer(localnet, payer);
  assert.equal(await sendTo(0, transfer), transfer.signature);
  assert.deepEqual(await statuses(transfer.signature), [null, null, null]);
  assert.equal(await sendTo(2, transfer), transfer.signature);
  assert.equal(await sendTo(0, transfer), transfer.signature);
  assert.deepEqual(await statuses(transfer.signature), ['processed', 'processed', 'processed']);
  assert.equal(await balance(transfer.to), 5_000_000);
});

test('one front node knows of nothing, one is right, one claims finality: each keeps to its own story', async () => {
  await faults(1, { nullAnswers: 1 });
  await faults(2, { claimFinalized: 1 });
  const signature = await landed();
  await localnet.warp(2);
  assert.deepEqual(await statuses(signature), ['confirmed', null, 'finalized']);
  await localnet.rpc('clones_rollback', { slots: 3 });
  assert.deepEqual(await statuses(signature), [null, null, null], 'the claim was false');
});

test('held back by front 0 and accepted by front 1, it is paid once', async () => {
  await faults(0, { delay: 1, delaySlots: 3 });
  const transfer = await signedTransfer(localnet, payer);
  await sendTo(0, transfer);
  await sendTo(1, transfer);
  await localnet.warp(5);
  assert.equal(await balance(transfer.to), 5_000_000);
  assert.equal((await localnet.rpc('clones_status')).pending, 0);
});

test('front 0 accepts and is silent, front 1 answers 429, front 2 says that it was processed already', async () => {
  await faults(0, { timeoutAfterAccept: 1, timeoutMs: 0 });
  await faults(1, { rateLimit: 1 });
  const transfer = await signedTransfer(localnet, payer, { blockhash: localnet.ledger.tip.parentHash }).catch(() => assert.fail('front 0 is silent to sends only'));
  await assert.rejects(sendTo(0, transfer), /fetch failed/);
  await assert.rejects(sendTo(1, transfer), { status: 429 });
  await assert.rejects(sendTo(2, transfer, { skipPreflight: false, preflightCommitment: 'processed' }), (/** @type {any} */ error) => error.data.err === 'AlreadyProcessed');
  assert.equal(await balance(transfer.to), 5_000_000);
});

test('front 0 holds it for the last valid block, front 1 drops it, front 2 lags: it lands there and front 2 sees it later', async () => {
  await localnet.warp(100);
  await faults(0, { landInLastValidBlock: 1 });
  await faults(1, { drop: 1 });
  await faults(2, { lagSlots: 50 });
  const transfer = await signedTransfer(localnet, payer);
  await sendTo(1, transfer);
  await sendTo(0, transfer);
  await localnet.warp(transfer.lastValidBlockHeight - localnet.ledger.tip.height - 1);
  assert.deepEqual(await statuses(transfer.signature), [null, null, null]);
  await localnet.warp(1);
  assert.deepEqual(await statuses(transfer.signature), ['processed', 'processed', null]);
  await localnet.warp(1);
  const valid = (await askAll('isBlockhashValid', transfer.blockhash, PROCESSED)).map(({ value }) => value);
  assert.deepEqual(valid, [false, false, true], 'for the node that lags the blockhash still lives');
  await localnet.warp(49);
  assert.deepEqual(await statuses(transfer.signature), ['finalized', 'finalized', 'processed']);
});

test('a rollback of confirmed blocks is seen by all, but not by the node that had not come so far', async () => {
  await localnet.warp(40);
  await faults(2, { lagSlots: 20 });
  const signature = await landed();
  await localnet.warp(4);
  assert.deepEqual(await statuses(signature), ['confirmed', 'confirmed', null]);
  assert.deepEqual((await localnet.rpcAt(2, 'clones_rollback', { slots: 5, relanding: 'same' })).undone, [signature]);
  assert.deepEqual(await statuses(signature), ['processed', 'processed', null]);
  await localnet.rpcAt(1, 'clones_rollback', { slots: 1, relanding: 'drop' });
  await localnet.warp(60);
  assert.deepEqual(await statuses(signature), [null, null, null]);
});

test('while finality is stalled only the node that lies calls anything finalized', async () => {
  await faults(1, { claimFinalized: 1, stallFinality: true });
  const signature = await landed();
  await localnet.warp(100);
  assert.deepEqual(await statuses(signature), ['confirmed', 'finalized', 'confirmed']);
  await faults(2, { stallFinality: false });
  await localnet.warp(1);
  assert.deepEqual(await statuses(signature), ['finalized', 'finalized', 'finalized']);
});

test('a false height on front 2 moves its last valid block height too, and the others outvote it', async () => {
  await faults(2, { heightOffset: 1000 });
  const heights = await askAll('getBlockHeight', FINALIZED);
  const hashes = (await askAll('getLatestBlockhash', FINALIZED)).map(({ value }) => value);
  assert.deepEqual([heights[1] - heights[0], heights[2] - heights[0]], [0, 1000]);
  assert.deepEqual([hashes[1].lastValidBlockHeight - hashes[0].lastValidBlockHeight, hashes[2].lastValidBlockHeight - hashes[0].lastValidBlockHeight], [0, 1000]);
  assert.equal(hashes[2].blockhash, hashes[0].blockhash);
});

test('all front nodes fail at once, each in its way, and admin calls are answered by each', async () => {
  await faults(0, { serverError: 1, serverErrorStatus: 500 });
  await faults(1, { rateLimit: 1, retryAfterSeconds: 3 });
  await faults(2, { timeout: 1, timeoutMs: 0 });
  assert.deepEqual(await askAll('getHealth'), [500, 429, 'silence']);
  assert.deepEqual((await askAll('clones_status')).map(({ fronts }) => fronts), [3, 3, 3]);
  assert.equal(await call(localnet.urls[2], 'clones_clearFaults', []), true);
  assert.deepEqual(await askAll('getHealth'), ['ok', 'ok', 'ok']);
});

test('requests are counted by front node and method, admin methods are not', async () => {
  await localnet.rpcAt(1, 'getSlot');
  await localnet.rpcAt(1, 'getSlot');
  await localnet.rpcAt(1, 'getBalance', payer.publicKey.toString());
  await localnet.rpcAt(1, 'clones_getFaults');
  await assert.rejects(localnet.rpcAt(1, 'noSuchMethod'));

  assert.deepEqual(await localnet.rpc('clones_getRequests', { front: 1 }), { getSlot: 2, getBalance: 1 });
  assert.deepEqual(await localnet.rpcAt(2, 'clones_getRequests'), {});
});
