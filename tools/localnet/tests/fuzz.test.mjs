import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { AddressLookupTableProgram, Keypair, PublicKey, SystemProgram, TransactionMessage, VersionedTransaction } from '@solana/web3.js';
import { WebSocket } from 'ws';
import { decode, encode } from '../encoding/base58.mjs';
import { stringify } from '../encoding/json.mjs';
import { Chance } from '../faults/chance.mjs';
import { dispatch } from '../rpc/dispatch.mjs';
import { startLocalnet } from './support/localnet.mjs';
import { fundedPayer, signedTransfer } from './support/transfers.mjs';

const SEED = Number(process.env.FUZZ_SEED ?? 20240607);
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 6000);

/** @type {Awaited<ReturnType<typeof startLocalnet>>} */ let localnet;
/** @type {Buffer[]} */ let seeds;
/** @type {Keypair} */ let payer;
before(async () => {
  localnet = await startLocalnet();
  payer = await fundedPayer(localnet, 1000);
  seeds = [Buffer.from((await signedTransfer(localnet, payer, { memo: 'seed' })).wire, 'base64'), await tableUser()];
});
after(() => localnet.stop());

/** A version 0 transaction that looks into a table that exists. */
async function tableUser() {
  const { value } = await localnet.rpc('getLatestBlockhash', { commitment: 'confirmed' });
  const recentSlot = await localnet.rpc('getSlot', { commitment: 'confirmed' });
  const to = Keypair.generate().publicKey;
  const [create, table] = AddressLookupTableProgram.createLookupTable({ authority: payer.publicKey, payer: payer.publicKey, recentSlot });
  const extend = AddressLookupTableProgram.extendLookupTable({ lookupTable: table, authority: payer.publicKey, payer: payer.publicKey, addresses: [to] });
  const build = (/** @type {any[]} */ instructions, /** @type {any[]} */ tables) => {
    const message = new TransactionMessage({ payerKey: payer.publicKey, recentBlockhash: value.blockhash, instructions });
    const transaction = new VersionedTransaction(message.compileToV0Message(tables));
    transaction.sign([payer]);
    return Buffer.from(transaction.serialize());
  };
  await localnet.rpc('sendTransaction', build([create, extend], []).toString('base64'), { encoding: 'base64', skipPreflight: true });
  await localnet.warp(1);
  const lookup = { key: table, state: { addresses: [to] } };
  return build([SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: 5_000_000 })], [lookup]);
}

/** @param {Chance} chance @param {Buffer} seed */
function mutated(chance, seed) {
  const below = (/** @type {number} */ n) => Math.floor(chance.next() * n);
  let bytes = Buffer.from(seed);
  for (let i = 1 + below(4); i > 0; i--) {
    const at = below(bytes.length);
    const kind = below(6);
    if (kind === 0) bytes[at] ^= 1 << below(8);
    else if (kind === 1) bytes[at] = [0, 1, 127, 128, 255][below(5)];
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(40))]);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([below(256), below(256)]), bytes.subarray(at)]);
    else if (kind === 4) bytes = bytes.subarray(0, at);
    // The message alone: structural damage that leaves the signature's place.
    else bytes[65 + below(Math.max(1, Math.min(70, bytes.length - 65)))] = below(256);
    if (bytes.length === 0) bytes = Buffer.from([below(256)]);
  }
  return bytes;
}

test(`${ROUNDS} damaged transactions (seed ${SEED}) are answered by errors or landed, and the process lives`, async () => {
  const chance = new Chance(SEED);
  const node = localnet.cluster.fronts[0];
  const { publicKey } = payer;
  const answered = { refused: 0, taken: 0 };
  for (let i = 0; i < ROUNDS; i++) {
    const wire = mutated(chance, seeds[i % seeds.length]).toString('base64');
    const method = i % 3 === 0 ? 'simulateTransaction' : 'sendTransaction';
    // No signature check and no blockhash check: the VM sees every transaction that the parser lets through.
    const options = { encoding: 'base64', skipPreflight: i % 2 === 0, maxRetries: 0, replaceRecentBlockhash: true, preflightCommitment: 'processed', commitment: 'processed', innerInstructions: true };
    const answer = dispatch(node, { jsonrpc: '2.0', id: i, method, params: [wire, options] });
    JSON.parse(stringify(answer));
    assert.notEqual(/** @type {any} */ (answer).error?.message, 'Internal error', stringify(answer));
    if ('result' in answer) answered.taken++;
    else answered.refused++;
  }
  assert.ok(answered.refused > 1000 && answered.taken > 500, stringify(answered));
  assert.ok((await localnet.rpc('getBalance', publicKey.toString(), { commitment: 'processed' })).value > 0);
});

test('every method with every kind of wrong parameter answers an error and never fails inside', () => {
  const node = localnet.cluster.fronts[0];
  const odd = [
    undefined, null, true, 0, -1, 1.5, 1e400, 2 ** 60, '', 'x', '1'.repeat(32), '1'.repeat(44), 'l'.repeat(43), '\u0000', '\ud800', 'é'.repeat(20), [], [[]],
    ['1'], {}, { __proto__: null }, { encoding: 'jsonParsed', commitment: 'finalized' }, { encoding: 'x' }, { commitment: {} }, { commitment: 'processed' },
    { limit: 0 }, { limit: 'a' }, { filters: [{}] }, { filters: [{ memcmp: { offset: 1, bytes: '1' } }] }, { filters: 'x' }, { dataSlice: { offset: 1e9, length: 5 } }, { dataSlice: 3 },
    { mint: '1'.repeat(32) }, { programId: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' }, { minContextSlot: -1 }, { minContextSlot: 1e15 }, { accounts: { addresses: ['x'] } },
    payer.publicKey.toString(), 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', '5'.repeat(88), encode(Buffer.alloc(64, 9)), seeds[0].toString('base64'), encode(seeds[0]),
  ];
  const methods = (
    'getHealth getVersion getIdentity getGenesisHash getSlot getBlockHeight getLatestBlockhash isBlockhashValid getBalance getAccountInfo getMultipleAccounts ' +
    'getProgramAccounts getTokenAccountBalance getTokenAccountsByOwner getTokenAccountsByDelegate getTokenSupply getTokenLargestAccounts getMinimumBalanceForRentExemption ' +
    'getFeeForMessage getRecentPrioritizationFees requestAirdrop sendTransaction simulateTransaction getSignatureStatuses getSignaturesForAddress getTransaction getBlock ' +
    'getBlocks getBlocksWithLimit getBlockTime getFirstAvailableBlock minimumLedgerSlot getEpochInfo getEpochSchedule getSupply getSlotLeader getSlotLeaders getVoteAccounts getClusterNodes ' +
    'clones_setFaults clones_getFaults clones_rollback clones_setSlotMs clones_status clones_storm clones_stormStatus clones_calm clones_clearFaults'
  ).split(' ');
  for (const method of methods) {
    for (const first of odd) {
      for (const second of odd) {
        const answer = dispatch(node, { jsonrpc: '2.0', id: 1, method, params: [first, second] });
        JSON.parse(stringify(answer));
        assert.notEqual(/** @type {any} */ (answer).error?.message, 'Internal error', `${method} ${stringify([first, second])}`);
      }
    }
  }
});

test('bodies that are no requests are answered; an oversize body is refused with 413', async () => {
  const post = async (/** @type {any} */ body) => {
    const response = await fetch(localnet.url, { method: 'POST', body });
    return { status: response.status, text: await response.text() };
  };
  const chance = new Chance(SEED);
  const valid = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getBalance', params: [payer.publicKey.toString()] });
  for (let i = 0; i < 300; i++) {
    const { status, text } = await post(mutated(chance, Buffer.from(valid)));
    assert.equal(status, 200);
    assert.equal(JSON.parse(text).jsonrpc, '2.0');
  }
  for (const body of ['', '[]', 'null', '1', '"x"', '[1,null,{}]', '['.repeat(100_000), `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, '{"jsonrpc":"2.0","method":"constructor","id":1}']) {
    assert.match((await post(body)).text, /"error"/);
  }
  assert.equal((await post(Buffer.alloc(2 * 1024 * 1024, 0x20))).status, 413);
  assert.equal((await fetch(localnet.url)).status, 405);
  assert.equal(await localnet.rpc('getHealth'), 'ok');
});

test('damaged WebSocket messages are answered and abrupt ends are survived', async () => {
  const socket = new WebSocket(localnet.wsUrl);
  await new Promise((resolve) => socket.once('open', resolve));
  const chance = new Chance(SEED);
  const subscribe = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'signatureSubscribe', params: ['5'.repeat(88), { commitment: 'processed' }] });
  let answers = 0;
  socket.on('message', () => answers++);
  for (let i = 0; i < 500; i++) socket.send(mutated(chance, Buffer.from(subscribe)));
  for (const params of [[], [null], [{}], ['all'], [{ mentions: [] }], [{ mentions: [1] }], [{}, { filters: 3 }]]) {
    for (const name of ['account', 'logs', 'program', 'slot', 'root', 'signature']) {
      for (const verb of ['Subscribe', 'Unsubscribe']) socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: name + verb, params }));
    }
  }
  while (answers < 584) await new Promise((resolve) => socket.once('message', resolve));
  socket.terminate();
  await localnet.warp(3);
  await new Promise((resolve) => {
    const request = http.request(localnet.url, { method: 'POST', headers: { 'Content-Length': 1000 } });
    request.on('error', resolve);
    request.write('{"jsonrpc"', () => request.destroy());
    request.on('close', resolve);
  });
  assert.equal(await localnet.rpc('getHealth'), 'ok');
});

test('base58 agrees with the client library on random bytes of every length', () => {
  const chance = new Chance(SEED);
  for (let length = 0; length < 80; length++) {
    const bytes = Buffer.from(Array.from({ length }, () => Math.floor(chance.next() * 256)));
    if (length % 3 === 0) bytes.fill(0, 0, Math.floor(length / 4));
    assert.deepEqual(decode(encode(bytes), 200), bytes);
    if (length === 32) assert.equal(encode(bytes), new PublicKey(bytes).toString());
  }
});
