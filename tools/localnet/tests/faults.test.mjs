import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { encode } from '../encoding/base58.mjs';
import { call, startLocalnet } from './support/localnet.mjs';
import { fundedPayer, send, signedTransfer, statusOf } from './support/transfers.mjs';

/** @type {Awaited<ReturnType<typeof startLocalnet>>} */ let localnet;
/** @type {Awaited<ReturnType<typeof fundedPayer>>} */ let payer;
beforeEach(async () => {
  localnet = await startLocalnet({ fronts: 2 });
  payer = await fundedPayer(localnet);
});
afterEach(() => localnet.stop());

/** @param {Record<string, any>} changes */
const faults = (changes) => localnet.rpc('clones_setFaults', changes);
/** @param {any} key @param {string} [commitment] */
const balance = async (key, commitment = 'processed') => (await localnet.rpc('getBalance', key.toString(), { commitment })).value;

test('drop: the signature is answered, nothing lands, and the same bytes land once it is healed', async () => {
  await faults({ drop: 1 });
  const transfer = await signedTransfer(localnet, payer);
  assert.equal(await send(localnet, transfer), transfer.signature);
  await localnet.warp(5);
  assert.equal(await statusOf(localnet, transfer.signature), null);
  await localnet.rpc('clones_clearFaults');
  await send(localnet, transfer);
  assert.ok(await statusOf(localnet, transfer.signature));
});

test('delay: lands as many slots later as was said', async () => {
  await faults({ delay: 1, delaySlots: 10 });
  const transfer = await signedTransfer(localnet, payer);
  await send(localnet, transfer);
  await localnet.warp(9);
  assert.equal(await statusOf(localnet, transfer.signature), null);
  await localnet.warp(1);
  assert.equal((await statusOf(localnet, transfer.signature)).slot, localnet.ledger.tip.slot);
});

test('timeout after acceptance: the caller hears nothing, the transaction lands', async () => {
  await faults({ timeoutAfterAccept: 1, timeoutMs: 5000 });
  const transfer = await signedTransfer(localnet, payer);
  const params = [transfer.wire, { encoding: 'base64', skipPreflight: true }];
  await assert.rejects(call(localnet.url, 'sendTransaction', params, AbortSignal.timeout(200)), { name: 'TimeoutError' });
  assert.ok(await statusOf(localnet, transfer.signature));
  await faults({ timeoutMs: 0 });
  await assert.rejects(send(localnet, transfer), /fetch failed/);
});

test('timeout: the request is never handled', async () => {
  await faults({ timeout: 1, timeoutMs: 0, methods: ['sendTransaction'] });
  const transfer = await signedTransfer(localnet, payer);
  await assert.rejects(send(localnet, transfer), /fetch failed/);
  assert.equal(await statusOf(localnet, transfer.signature), null);
});

test('401 comes with the JSON-RPC error -32600 and the id of the request', async () => {
  await faults({ unauthorized: 1, methods: ['getSlot'] });
  const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'getSlot' });
  const refused = await fetch(localnet.url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  assert.equal(refused.status, 401);
  const { id, error } = /** @type {any} */ (await refused.json());
  assert.deepEqual([id, error.code], [7, -32600]);
  assert.equal(await localnet.rpc('getHealth'), 'ok');
});

test('a transaction is presented as of another version: the bytes to who declares it, -32015 to who declares less', async () => {
  const transfer = await signedTransfer(localnet, payer, { memo: 'v1' });
  await send(localnet, transfer);
  await localnet.warp(40);
  const ask = (/** @type {any} */ max, encoding = 'base64') => localnet.rpc('getTransaction', transfer.signature, { encoding, maxSupportedTransactionVersion: max });
  await localnet.rpc('clones_presentAs', { signature: transfer.signature, version: 1 });
  for (const max of [undefined, 0]) {
    await assert.rejects(ask(max), (/** @type {any} */ error) => error.code === -32015 && /\(1\).*"maxSupportedTransactionVersion": 1$/.test(error.message));
  }
  const { transaction, version } = await ask(1);
  const bytes = Buffer.from(transaction[0], 'base64');
  assert.deepEqual([version, bytes[0], [...bytes.subarray(1, 8)], bytes[40], bytes[41]], [1, 129, [1, 0, 2, 0, 0, 0, 0], 2, 4]);
  assert.equal(encode(bytes.subarray(-64)), transfer.signature);
  await localnet.rpc('clones_presentAs', { signature: transfer.signature, version: 2 });
  await assert.rejects(ask(1), (/** @type {any} */ error) => error.code === -32015);
  const told = await ask(255, 'json');
  assert.deepEqual([told.version, told.transaction.message.accountKeys.length, told.meta.postBalances[1]], [2, 4, 5_000_000]);
  await assert.rejects(localnet.rpc('clones_presentAs', { signature: encode(Buffer.alloc(64)), version: 1 }), /nothing that landed/);
});

test('429 and 5xx strike the chosen methods of the chosen front node only', async () => {
  await faults({ rateLimit: 1, retryAfterSeconds: 7, methods: ['getBlockHeight'] });
  await assert.rejects(localnet.rpc('getBlockHeight'), (/** @type {any} */ error) => error.status === 429 && error.headers.get('retry-after') === '7');
  assert.equal(await localnet.rpc('getHealth'), 'ok');
  assert.equal(typeof (await localnet.rpcAt(1, 'getBlockHeight')), 'number');
  await faults({ reset: true, serverError: 1, serverErrorStatus: 502, front: 1 });
  await assert.rejects(localnet.rpcAt(1, 'getSlot'), (/** @type {any} */ error) => error.status === 502);
  await faults({ reset: true, front: 'all' });
  assert.equal(typeof (await localnet.rpcAt(1, 'getSlot')), 'number');
});

test('a lagging node answers the past in everything and says that it is behind', async () => {
  const transfer = await signedTransfer(localnet, payer);
  await send(localnet, transfer);
  await localnet.warp(100);
  await faults({ lagSlots: 150, front: 1 });
  assert.equal(await statusOf(localnet, transfer.signature, 1), null);
  assert.equal((await localnet.rpcAt(1, 'getBalance', transfer.to.toString(), { commitment: 'processed' })).value, 0);
  assert.equal(await localnet.rpcAt(1, 'getTransaction', transfer.signature, { commitment: 'confirmed' }), null);
  assert.equal((await localnet.rpc('getSlot', { commitment: 'processed' })) - (await localnet.rpcAt(1, 'getSlot', { commitment: 'processed' })), Math.min(150, localnet.ledger.tip.slot));
  await assert.rejects(localnet.rpcAt(1, 'getHealth'), (/** @type {any} */ error) => error.code === -32005 && error.data.numSlotsBehind === 150);
  assert.equal((await statusOf(localnet, transfer.signature, 0)).confirmationStatus, 'finalized');
});

test('a page limit caps every page without a word, and the next page goes on where it ended', async () => {
  const sent = await severalTransfers(7);
  await faults({ pageLimit: 3 });
  const pages = [];
  for (let before = undefined; pages.length < 5; before = pages.at(-1).at(-1)) {
    const page = await localnet.rpc('getSignaturesForAddress', payer.publicKey.toString(), { limit: 1000, before });
    pages.push(page.map((/** @type {any} */ entry) => entry.signature));
    if (page.length === 0) break;
  }
  assert.deepEqual(pages.map((page) => page.length), [3, 3, 2, 0]);
  assert.deepEqual(pages.flat().slice(0, 7), sent.reverse());
  assert.equal((await localnet.rpcAt(1, 'getSignaturesForAddress', payer.publicKey.toString())).length, 8);
});

test('page holes leave entries out, and only the listing lacks them', async () => {
  const sent = await severalTransfers(7);
  await faults({ pageHoles: 0.5, seed: 3 });
  const page = await localnet.rpc('getSignaturesForAddress', payer.publicKey.toString());
  assert.ok(page.length > 0 && page.length < 8, `${page.length} entries`);
  for (const signature of sent) assert.ok(await statusOf(localnet, signature));
});

test('a node that has lost its place answers an empty page to every page but the first', async () => {
  const sent = await severalTransfers(3);
  await faults({ losesPlace: 1 });
  assert.equal((await localnet.rpc('getSignaturesForAddress', payer.publicKey.toString())).length, 4);
  assert.deepEqual(await localnet.rpc('getSignaturesForAddress', payer.publicKey.toString(), { before: sent[2] }), []);
});

/** Oldest first, all of them finalized. @param {number} count */
async function severalTransfers(count) {
  const sent = [];
  for (let i = 0; i < count; i++) {
    const transfer = await signedTransfer(localnet, payer);
    await send(localnet, transfer);
    await localnet.warp(1);
    sent.push(transfer.signature);
  }
  await localnet.warp(40);
  return sent;
}

test('null answers hide statuses, transactions and signatures on one node, another still tells', async () => {
  const transfer = await signedTransfer(localnet, payer);
  await send(localnet, transfer);
  await localnet.warp(40);
  await faults({ nullAnswers: 1 });
  assert.equal(await statusOf(localnet, transfer.signature), null);
  assert.equal(await localnet.rpc('getTransaction', transfer.signature), null);
  assert.deepEqual(await localnet.rpc('getSignaturesForAddress', transfer.to.toString()), []);
  assert.ok(await statusOf(localnet, transfer.signature, 1));
});

test('false heights, false slots and false finality', async () => {
  await faults({ heightOffset: 1000, slotOffset: 500, claimFinalized: 1 });
  const commitment = { commitment: 'finalized' };
  assert.equal((await localnet.rpc('getBlockHeight', commitment)) - (await localnet.rpcAt(1, 'getBlockHeight', commitment)), 1000);
  assert.equal((await localnet.rpc('getSlot', commitment)) - (await localnet.rpcAt(1, 'getSlot', commitment)), 500);
  const transfer = await signedTransfer(localnet, payer);
  await send(localnet, transfer);
  assert.equal((await statusOf(localnet, transfer.signature)).confirmationStatus, 'finalized');
  assert.equal((await statusOf(localnet, transfer.signature, 1)).confirmationStatus, 'processed');
});

test('rollback: confirmed blocks vanish with balances, history and blockhashes, and the same bytes land again', async () => {
  const transfer = await signedTransfer(localnet, payer);
  const heightBefore = await localnet.rpc('getBlockHeight', { commitment: 'processed' });
  await localnet.warp(1);
  await send(localnet, transfer);
  await localnet.warp(4);
  assert.equal((await statusOf(localnet, transfer.signature)).confirmationStatus, 'confirmed');
  const { value: minority } = await localnet.rpc('getLatestBlockhash', { commitment: 'processed' });
  const { undone, slot } = await localnet.rpc('clones_rollback', { slots: 5 });
  assert.deepEqual(undone, [transfer.signature]);
  assert.equal(await statusOf(localnet, transfer.signature), null);
  assert.equal(await balance(transfer.to), 0);
  assert.equal(await balance(payer.publicKey), 10e9);
  assert.equal((await localnet.rpc('isBlockhashValid', minority.blockhash, { commitment: 'processed' })).value, false);
  assert.equal(await localnet.rpc('getBlockHeight', { commitment: 'processed' }), heightBefore + 1, 'abandoned slots do not count');
  await assert.rejects(localnet.rpc('clones_rollback', { slots: 100 }), /never rolls back/);
  await send(localnet, transfer);
  await localnet.warp(40);
  assert.equal((await statusOf(localnet, transfer.signature)).slot, slot);
  assert.equal(await balance(transfer.to, 'finalized'), 5_000_000);
  assert.equal((await localnet.rpc('getSignaturesForAddress', transfer.to.toString())).length, 1);
});

test('rollback with another order turns an error on one fork into a success on the other', async () => {
  const poor = (await import('@solana/web3.js')).Keypair.generate();
  const all = await signedTransfer(localnet, payer, { to: poor.publicKey, lamports: 20_000_000 });
  await send(localnet, await signedTransfer(localnet, payer, { to: poor.publicKey, lamports: 10_000_000 }));
  await localnet.warp(1);
  const spends = await signedTransfer(localnet, poor, { lamports: 15_000_000 });
  await send(localnet, spends);
  await send(localnet, all);
  assert.ok((await statusOf(localnet, spends.signature)).err);
  await localnet.rpc('clones_rollback', { slots: 1, relanding: 'reverse' });
  assert.equal((await statusOf(localnet, spends.signature)).err, null);
});

test('stalled finality: blocks are confirmed, none is finalized, and it catches up when healed', async () => {
  const transfer = await signedTransfer(localnet, payer);
  await send(localnet, transfer);
  await faults({ stallFinality: true });
  await localnet.warp(2000);
  assert.equal((await statusOf(localnet, transfer.signature)).confirmationStatus, 'confirmed');
  assert.equal(await balance(transfer.to, 'finalized'), 0);
  assert.ok((await localnet.rpc('getLatestBlockhash', { commitment: 'finalized' })).value.lastValidBlockHeight > 150);
  await faults({ stallFinality: false });
  await localnet.warp(1);
  assert.equal(await balance(transfer.to, 'finalized'), 5_000_000);
});

test('landing in the last valid block, and one block past it', async () => {
  for (const offset of [0, 1]) {
    await faults({ landInLastValidBlock: 1, lastValidBlockOffset: offset });
    const transfer = await signedTransfer(localnet, payer);
    await send(localnet, transfer);
    const height = await localnet.rpc('getBlockHeight', { commitment: 'processed' });
    await localnet.warp(transfer.lastValidBlockHeight + offset - height - 1);
    assert.equal(await statusOf(localnet, transfer.signature), null);
    await localnet.warp(1);
    assert.ok(await statusOf(localnet, transfer.signature));
    assert.equal(localnet.ledger.tip.height, transfer.lastValidBlockHeight + offset);
  }
});

test('a seed gives the same faults again; a wrong fault changes nothing', async () => {
  const run = async () => {
    await faults({ seed: 42, serverError: 0.5 });
    const answers = [];
    for (let i = 0; i < 30; i++) answers.push(await localnet.rpc('getSlot').then(() => 'ok', () => 'error'));
    return answers.join();
  };
  const first = await run();
  assert.ok(first.includes('ok') && first.includes('error'));
  assert.equal(await run(), first);
  await assert.rejects(faults({ drop: 1, delay: 'often' }), /delay must be a probability/);
  await assert.rejects(faults({ unheard: 1 }), /unknown fault/);
  assert.equal((await localnet.rpc('clones_getFaults')).drop, 0);
});
