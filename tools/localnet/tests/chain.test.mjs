import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startLocalnet } from './support/localnet.mjs';
import { fundedPayer, send, signedTransfer, statusOf } from './support/transfers.mjs';

/** @type {Awaited<ReturnType<typeof startLocalnet>>} */ let localnet;
/** @type {Awaited<ReturnType<typeof fundedPayer>>} */ let payer;
before(async () => {
  localnet = await startLocalnet();
  payer = await fundedPayer(localnet);
});
after(() => localnet.stop());

/** @param {any} key @param {string} commitment */
const balance = async (key, commitment) => (await localnet.rpc('getBalance', key.toString(), { commitment })).value;
const height = async () => localnet.rpc('getBlockHeight', { commitment: 'processed' });

test('a transfer is processed at once, confirmed two slots later and finalized after thirty-two, and reads agree', async () => {
  const transfer = await signedTransfer(localnet, payer);
  await send(localnet, transfer);
  const at = async () => [
    (await statusOf(localnet, transfer.signature)).confirmationStatus,
    await balance(transfer.to, 'processed'), await balance(transfer.to, 'confirmed'), await balance(transfer.to, 'finalized'),
  ];
  assert.deepEqual(await at(), ['processed', 5_000_000, 0, 0]);
  await localnet.warp(1);
  assert.deepEqual(await at(), ['processed', 5_000_000, 0, 0]);
  await localnet.warp(1);
  assert.deepEqual(await at(), ['confirmed', 5_000_000, 5_000_000, 0]);
  assert.equal(await localnet.rpc('getTransaction', transfer.signature), null);
  await localnet.warp(29);
  assert.deepEqual(await at(), ['confirmed', 5_000_000, 5_000_000, 0]);
  assert.deepEqual(await localnet.rpc('getSignaturesForAddress', transfer.to.toString()), []);
  await localnet.warp(1);
  assert.deepEqual(await at(), ['finalized', 5_000_000, 5_000_000, 5_000_000]);
  assert.equal((await localnet.rpc('getSignaturesForAddress', transfer.to.toString())).length, 1);
  assert.equal((await localnet.rpc('getTransaction', transfer.signature)).slot, (await statusOf(localnet, transfer.signature)).slot);
});

test('a blockhash lives as many blocks as were asked for', async () => {
  const other = await startLocalnet({ blockhashAge: 600 });
  const { value } = await other.rpc('getLatestBlockhash', { commitment: 'processed' });
  const height = await other.rpc('getBlockHeight', { commitment: 'processed' });
  assert.equal(value.lastValidBlockHeight - height, 600);
  await other.warp(600);
  assert.equal((await other.rpc('isBlockhashValid', value.blockhash, { commitment: 'processed' })).value, true);
  await other.warp(1);
  assert.equal((await other.rpc('isBlockhashValid', value.blockhash, { commitment: 'processed' })).value, false);
  await other.stop();
});

test('a transaction lands in the last valid block of its blockhash and not in the next', async () => {
  const [last, late] = [await signedTransfer(localnet, payer), await signedTransfer(localnet, payer)];
  await localnet.warp(last.lastValidBlockHeight - (await height()));
  assert.equal(await height(), last.lastValidBlockHeight);
  await send(localnet, last);
  assert.ok(await statusOf(localnet, last.signature));
  assert.equal((await localnet.rpc('isBlockhashValid', last.blockhash, { commitment: 'processed' })).value, true);
  await localnet.warp(1);
  assert.equal((await localnet.rpc('isBlockhashValid', last.blockhash, { commitment: 'processed' })).value, false);
  await send(localnet, late);
  assert.equal(await statusOf(localnet, late.signature), null);
  await assert.rejects(send(localnet, late, { skipPreflight: false, preflightCommitment: 'processed' }), (/** @type {any} */ error) => {
    assert.equal(error.code, -32002);
    assert.equal(error.data.err, 'BlockhashNotFound');
    assert.match(error.message, /Blockhash not found/);
    return true;
  });
});

test('the same transaction sent again pays once and is answered as already processed', async () => {
  const transfer = await signedTransfer(localnet, payer);
  for (let i = 0; i < 5; i++) assert.equal(await send(localnet, transfer), transfer.signature);
  assert.equal(await balance(transfer.to, 'processed'), 5_000_000);
  await assert.rejects(send(localnet, transfer, { skipPreflight: false, preflightCommitment: 'processed' }), (/** @type {any} */ error) => {
    assert.equal(error.data.err, 'AlreadyProcessed');
    return true;
  });
});

test('a changed signature is refused by the preflight and dropped without it', async () => {
  const transfer = await signedTransfer(localnet, payer);
  const bytes = Buffer.from(transfer.wire, 'base64');
  bytes[5] ^= 1;
  const forged = { wire: bytes.toString('base64') };
  await assert.rejects(send(localnet, forged, { skipPreflight: false, preflightCommitment: 'confirmed' }), (/** @type {any} */ error) => error.code === -32003);
  const answered = await send(localnet, forged);
  assert.equal(await statusOf(localnet, answered), null);
  assert.equal(await balance(transfer.to, 'processed'), 0);
});

test('a transaction that fails in execution pays its fee, has an error and changes nothing else', async () => {
  const before = await balance(payer.publicKey, 'processed');
  const transfer = await signedTransfer(localnet, payer, { lamports: 1e15 });
  await send(localnet, transfer);
  assert.deepEqual((await statusOf(localnet, transfer.signature)).err, { InstructionError: [0, { Custom: 1 }] });
  assert.equal(await balance(payer.publicKey, 'processed'), before - 5000);
});

test('a transaction whose payer is funded only later lands by a retry, and with maxRetries 0 it does not', async () => {
  const { Keypair } = await import('@solana/web3.js');
  const [patient, impatient] = [Keypair.generate(), Keypair.generate()];
  const transfers = [await signedTransfer(localnet, patient), await signedTransfer(localnet, impatient)];
  await send(localnet, transfers[0], { maxRetries: 5 });
  await send(localnet, transfers[1]);
  for (const { publicKey } of [patient, impatient]) await localnet.rpc('requestAirdrop', publicKey.toString(), 1e9);
  await localnet.warp(6);
  assert.ok(await statusOf(localnet, transfers[0].signature));
  assert.equal(await statusOf(localnet, transfers[1].signature), null);
});

test('signatures of an address come newest first and page by before, until and limit', async () => {
  const sent = [];
  const owner = await fundedPayer(localnet);
  for (let i = 0; i < 6; i++) {
    const transfer = await signedTransfer(localnet, owner, { memo: `payment:${i}` });
    await send(localnet, transfer);
    sent.unshift(transfer.signature);
    if (i % 2 === 0) await localnet.warp(1);
  }
  await localnet.warp(40);
  const list = async (/** @type {any} */ options) =>
    (await localnet.rpc('getSignaturesForAddress', owner.publicKey.toString(), options)).map((/** @type {any} */ entry) => entry.signature);
  assert.deepEqual((await list({})).slice(0, 6), sent);
  assert.deepEqual(await list({ limit: 2 }), sent.slice(0, 2));
  assert.deepEqual(await list({ before: sent[1], limit: 2 }), sent.slice(2, 4));
  assert.deepEqual(await list({ before: sent[0], until: sent[3] }), sent.slice(1, 3));
  const [newest] = await localnet.rpc('getSignaturesForAddress', owner.publicKey.toString(), { limit: 1 });
  assert.equal(newest.memo, '[9] payment:5');
});

test('a minimum context slot that is not reached is refused with -32016 and the slot', async () => {
  const slot = await localnet.rpc('getSlot', { commitment: 'finalized' });
  await assert.rejects(localnet.rpc('getBalance', payer.publicKey.toString(), { minContextSlot: slot + 1 }), (/** @type {any} */ error) => {
    assert.equal(error.code, -32016);
    assert.deepEqual(error.data, { contextSlot: slot });
    return true;
  });
  const { context } = await localnet.rpc('getBalance', payer.publicKey.toString(), { minContextSlot: slot });
  assert.equal(context.slot, slot);
});

test('the preflight judges by the state at its commitment', async () => {
  const poor = (await import('@solana/web3.js')).Keypair.generate();
  await localnet.rpc('requestAirdrop', poor.publicKey.toString(), 1e9);
  await localnet.warp(3);
  const { value } = await localnet.rpc('getLatestBlockhash', { commitment: 'finalized' });
  const transfer = await signedTransfer(localnet, poor, { blockhash: value.blockhash });
  const options = { skipPreflight: false, preflightCommitment: 'finalized' };
  await assert.rejects(send(localnet, transfer, options), (/** @type {any} */ error) => error.data.err === 'AccountNotFound');
  assert.equal(await send(localnet, transfer, { ...options, preflightCommitment: 'confirmed' }), transfer.signature);
  assert.equal(await balance(transfer.to, 'processed'), 5_000_000);
});
