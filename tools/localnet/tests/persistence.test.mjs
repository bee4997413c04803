import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { readOptions } from '../options.mjs';
import { call } from './support/localnet.mjs';
import { fundedPayer, send, signedTransfer, statusOf } from './support/transfers.mjs';

const MAIN = new URL('../main.mjs', import.meta.url).pathname;
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'localnet-test-'));
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
after(() => {
  for (const child of running) child.kill('SIGKILL');
  fs.rmSync(directory, { recursive: true });
});

/** The real program in a process of its own; it advances only by warps. @param {string[]} more */
async function start(...more) {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--slot-ms', '0', '--ledger', directory, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  const [line] = await once(/** @type {any} */ (child.stdout).setEncoding('utf8'), 'data');
  const url = /rpc (http:\S+)/.exec(line)?.[1] ?? assert.fail(`no ready line: ${line}`);
  const rpc = (/** @type {string} */ method, /** @type {any[]} */ ...params) => call(url, method, params);
  return {
    rpc,
    rpcAt: (/** @type {number} */ _front, /** @type {string} */ method, /** @type {any[]} */ ...params) => call(url, method, params),
    warp: (/** @type {number} */ slots) => rpc('clones_warp', slots),
    async end(/** @type {NodeJS.Signals} */ signal) {
      child.kill(signal);
      const [code] = await once(child, 'exit');
      running.delete(child);
      return code;
    },
  };
}

test('kill -9 loses nothing that was answered: balances, history, statuses, blockhashes, rollbacks, the cut line', async () => {
  let localnet = await start();
  const genesis = await localnet.rpc('getGenesisHash');
  const payer = await fundedPayer(localnet);
  const settled = await signedTransfer(localnet, payer, { memo: 'settled' });
  await send(localnet, settled);
  await localnet.warp(40);
  const undone = await signedTransfer(localnet, payer);
  await send(localnet, undone);
  await localnet.warp(3);
  await localnet.rpc('clones_rollback', { slots: 4 });
  const inFlight = await signedTransfer(localnet, payer);
  const last = await signedTransfer(localnet, payer);
  await send(localnet, last);
  const shown = await localnet.rpc('getTransaction', settled.signature);
  const slot = await localnet.rpc('getSlot', { commitment: 'processed' });
  await localnet.end('SIGKILL');
  fs.appendFileSync(path.join(directory, 'ledger.jsonl'), '["tx",99,"a line that was cut');

  localnet = await start();
  assert.equal(await localnet.rpc('getGenesisHash'), genesis);
  assert.equal(await localnet.rpc('getSlot', { commitment: 'processed' }), slot + 1);
  assert.deepEqual(await localnet.rpc('getTransaction', settled.signature), shown);
  assert.equal((await localnet.rpc('getSignaturesForAddress', settled.to.toString()))[0].memo, '[7] settled');
  assert.equal(await statusOf(localnet, undone.signature), null);
  const balance = async (/** @type {any} */ key, /** @type {string} */ commitment) => (await localnet.rpc('getBalance', key.toString(), { commitment })).value;
  assert.equal(await balance(undone.to, 'processed'), 0);
  assert.deepEqual([await balance(last.to, 'processed'), await balance(last.to, 'finalized')], [5_000_000, 0]);
  await send(localnet, last);
  assert.equal(await balance(last.to, 'processed'), 5_000_000, 'the duplicate map survives');
  await send(localnet, inFlight);
  assert.ok(await statusOf(localnet, inFlight.signature), 'the blockhash window survives');
  await localnet.warp(40);
  assert.equal(await localnet.end('SIGTERM'), 0);

  localnet = await start();
  assert.equal((await statusOf(localnet, inFlight.signature)).confirmationStatus, 'finalized');
  assert.equal(await balance(last.to, 'finalized'), 5_000_000);
  await localnet.end('SIGTERM');
});

test('kill -9 in the middle of a storm loses nothing that was finalized, and neither stall nor storm outlives the process', async () => {
  let localnet = await start('--fronts', '3', '--storm', '4294967295', '--storm-ms', '1000');
  assert.deepEqual(await localnet.rpc('clones_stormStatus').then(({ seed, running }) => [seed, running]), [4294967295, true]);
  await localnet.rpc('clones_calm');
  const payer = await fundedPayer(localnet);
  await localnet.rpc('clones_storm', { seed: 21, ms: 60_000, kinds: ['rollback', 'stallFinality'], pauseMs: 20, lengthMs: 20 });
  /** @type {Map<string, any>} */
  const finalized = new Map();
  const sent = [];
  for (;;) {
    const transfer = await signedTransfer(localnet, payer, { memo: `payment:${sent.length}` });
    await send(localnet, transfer);
    sent.push(transfer);
    await localnet.warp(8);
    const shown = await localnet.rpc('getTransaction', sent[Math.floor(sent.length / 2)].signature);
    if (shown !== null) finalized.set(shown.transaction.signatures[0], shown);
    const { begun, active } = await localnet.rpc('clones_stormStatus');
    if (begun.rollback > 5 && begun.stallFinality > 5 && finalized.size > 3 && active.length > 0) break;
  }
  await localnet.end('SIGKILL');

  localnet = await start('--fronts', '3');
  assert.deepEqual(await localnet.rpc('clones_stormStatus').then(({ seed, running, active }) => [seed, running, active]), [null, false, []]);
  assert.equal((await localnet.rpc('clones_status')).finalityStalled, false);
  for (const [signature, shown] of finalized) assert.deepEqual(await localnet.rpc('getTransaction', signature), shown);
  await localnet.warp(40);
  const history = (await localnet.rpc('getSignaturesForAddress', payer.publicKey.toString())).map((/** @type {any} */ { signature }) => signature);
  for (const { signature, to } of sent) {
    const { value: paid } = await localnet.rpc('getBalance', to.toString());
    assert.deepEqual([paid, history.includes(signature)], (await statusOf(localnet, signature)) === null ? [0, false] : [5_000_000, true]);
  }
  assert.equal(await localnet.end('SIGTERM'), 0);
});

test('a storm from the start does not keep the program from ending; wrong storm options are refused', async () => {
  const localnet = await start('--storm', '5');
  assert.equal((await localnet.rpc('clones_stormStatus')).running, true);
  assert.equal(await localnet.end('SIGTERM'), 0);
  for (const [args, message] of /** @type {[string[], RegExp][]} */ ([
    [['--storm', 'x'], /--storm must be an integer from 0 to 4294967295, not "x"/],
    [['--storm', '1', '--storm-ms', '0'], /--storm-ms must be an integer from 1 to 86400000/],
    [['--storm-ms', '5'], /--storm-ms needs --storm/],
  ])) {
    assert.throws(() => readOptions(args), message);
  }
});

test('--account places an account once; a restart on the same ledger does not reset it', async () => {
  const file = path.join(directory, 'account.json');
  const id = '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU';
  const write = (/** @type {number} */ lamports) =>
    fs.writeFileSync(file, JSON.stringify({ pubkey: id, account: { lamports, data: ['AQID', 'base64'], owner: '11111111111111111111111111111111', executable: false, rentEpoch: 2 ** 64 } }));
  write(3_000_000);
  let localnet = await start('--account', `${id}=${file}`);
  const info = await localnet.rpc('getAccountInfo', id, { encoding: 'base64', commitment: 'processed' });
  assert.deepEqual([info.value.lamports, info.value.data], [3_000_000, ['AQID', 'base64']]);
  await localnet.end('SIGKILL');
  write(1);
  localnet = await start('--account', `${id}=${file}`);
  assert.equal((await localnet.rpc('getBalance', id, { commitment: 'processed' })).value, 3_000_000);
  await localnet.end('SIGTERM');
});

test('--clone copies an account from another cluster', async () => {
  const { startLocalnet } = await import('./support/localnet.mjs');
  const origin = await startLocalnet();
  const id = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
  const wallet = 'So11111111111111111111111111111111111111112';
  const localnet = await start('--clone', wallet, '--clone-url', origin.url);
  const { value } = await localnet.rpc('getAccountInfo', wallet, { encoding: 'jsonParsed', commitment: 'processed' });
  assert.equal(value.owner, id);
  assert.equal(value.data.parsed.info.decimals, 9);
  await localnet.end('SIGTERM');
  await origin.stop();
});
