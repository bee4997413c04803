import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Connection, Keypair, LAMPORTS_PER_SOL, PublicKey, Transaction, TransactionInstruction, sendAndConfirmTransaction } from '@solana/web3.js';
import { decode32 } from '../encoding/base58.mjs';
import { placeGenesisAccounts } from '../genesis-accounts.mjs';
import { Ledger } from '../ledger/ledger.mjs';
import { Vm } from '../ledger/vm.mjs';
import { readOptions } from '../options.mjs';
import { letGo } from './support/web3.mjs';

const MAIN = new URL('../main.mjs', import.meta.url).pathname;
/** Where Raydium's program and its accounts would be. */
const RAYDIUM = 'CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C';
const CONFIG = 'D4FPEruKEHrG5TenZ2mpDGEfu1iUvTiqBxvpU8HLBvC2';
const FEES = 'DNXgeM9EiiaAbaWvwjHj9fQQLAX5ZsfHyvmYUNRAdNC8';
const ANOTHER = '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'localnet-genesis-'));
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
after(() => {
  for (const child of running) child.kill('SIGKILL');
  fs.rmSync(directory, { recursive: true });
});

/** @param {string} name @param {string | Uint8Array} content */
function file(name, content) {
  const full = path.join(directory, name);
  fs.writeFileSync(full, content);
  return full;
}

/** A program that a real cluster runs, as `solana program dump` writes it: the ELF behind the header of its program data, with what pads it. */
function dumped(/** @type {string} */ id) {
  const vm = new Vm();
  const program = vm.read(/** @type {Buffer} */ (decode32(id)));
  assert.ok(program);
  if (program.owner === 'BPFLoader2111111111111111111111111111111111') return program.data;
  const data = vm.read(program.data.subarray(4, 36));
  assert.ok(data);
  return data.data.subarray(45);
}

/** What the CLI writes of an account. Its rent epoch is 2^64 - 1, which is not a number of JavaScript. */
function accountJson(/** @type {string} */ pubkey, /** @type {number} */ lamports, /** @type {string} */ owner, /** @type {Buffer} */ data) {
  const account = JSON.stringify({ lamports, data: [data.toString('base64'), 'base64'], owner, executable: false, space: data.length }, null, 2);
  return `{ "pubkey": "${pubkey}", "account": ${account.replace(/\n}$/, ',\n  "rentEpoch": 18446744073709551615\n}')} }`;
}

/** @param {string[]} options */
async function start(...options) {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--slot-ms', '40', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const [first] = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), once(child, 'exit')]);
  const [, url, ws] = /rpc (http:\S+) ws (ws:\S+)/.exec(String(first)) ?? [];
  return {
    said: () => said,
    code: child.exitCode,
    connection: () => new Connection(url, { commitment: 'confirmed', wsEndpoint: ws }),
    async end() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      running.delete(child);
    },
  };
}

/** @param {Connection} connection */
async function funded(connection) {
  const payer = Keypair.generate();
  const airdrop = await connection.requestAirdrop(payer.publicKey, 10 * LAMPORTS_PER_SOL);
  await connection.confirmTransaction({ signature: airdrop, ...(await connection.getLatestBlockhash()) });
  return payer;
}

/** Has the program at this address write a memo; answers what it logged. @param {Connection} connection @param {string} programId */
async function memoBy(connection, programId) {
  const payer = await funded(connection);
  const memo = new TransactionInstruction({ programId: new PublicKey(programId), keys: [], data: Buffer.from('through --program') });
  const signature = await sendAndConfirmTransaction(connection, new Transaction().add(memo), [payer]);
  const landed = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
  return landed?.meta?.logMessages ?? [];
}

test('a program given by --program runs at its address, also after a restart that is not given it again', async () => {
  const elf = file('memo.so', Buffer.concat([dumped('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'), Buffer.alloc(4096)]));
  const ledger = path.join(directory, 'ledger');
  for (const options of [['--program', `${RAYDIUM}=${elf}`], []]) {
    const localnet = await start('--ledger', ledger, ...options);
    const connection = localnet.connection();
    assert.equal((await connection.getAccountInfo(new PublicKey(RAYDIUM)))?.executable, true);
    const logs = await memoBy(connection, RAYDIUM);
    assert.ok(logs.includes(`Program ${RAYDIUM} invoke [1]`), logs.join('\n'));
    assert.ok(logs.some((line) => line.includes('through --program')), logs.join('\n'));
    await letGo(connection);
    await localnet.end();
  }
});

test('a program of the size of the real ones, behind the upgradeable loader, is loaded and answers a small account', async () => {
  const elf = dumped('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb');
  assert.ok(elf.length > 500_000);
  const localnet = await start('--program', `${RAYDIUM}=${file('token-2022.so', elf)}`);
  const connection = localnet.connection();
  const account = await connection.getAccountInfo(new PublicKey(RAYDIUM));
  assert.deepEqual([account?.executable, account?.data.length], [true, 36]);
  await letGo(connection);
  await localnet.end();
});

test('accounts given by --account are there byte for byte, and belong to the program that is given beside them', async () => {
  const config = Buffer.alloc(236, 7);
  const fees = Buffer.alloc(165, 9);
  const token = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
  const localnet = await start(
    '--program', `${RAYDIUM}=${file('program.so', dumped('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'))}`,
    '--account', `${CONFIG}=${file('config.json', accountJson(CONFIG, 2_533_440, RAYDIUM, config))}`,
    '--account', `${FEES}=${file('fees.json', accountJson(FEES, 1_478_452_039_280, token, fees))}`,
  );
  const connection = localnet.connection();
  const [first, second] = await connection.getMultipleAccountsInfo([new PublicKey(CONFIG), new PublicKey(FEES)]);
  assert.deepEqual([first?.owner.toString(), first?.lamports, first?.data], [RAYDIUM, 2_533_440, config]);
  assert.deepEqual([second?.owner.toString(), second?.lamports, second?.data], [token, 1_478_452_039_280, fees]);
  await letGo(connection);
  await localnet.end();
});

test('what cannot be placed ends the start with the file and the reason', async () => {
  const elf = dumped('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
  const account = accountJson(CONFIG, 1, RAYDIUM, Buffer.from([1]));
  const cases = /** @type {[string[], RegExp][]} */ ([
    [['--program', `${RAYDIUM}=${path.join(directory, 'absent.so')}`], /cannot read .*absent\.so: ENOENT/],
    [['--program', `${RAYDIUM}=${file('text.so', 'not a program')}`], /text\.so is not an ELF file/],
    [['--program', `${RAYDIUM}=${file('cut.so', elf.subarray(0, 200))}`], /cut\.so is not a program that the VM can load/],
    [['--account', `${CONFIG}=${file('text.json', 'not JSON')}`], /text\.json is not JSON: write it with solana account/],
    [['--account', `${ANOTHER}=${file('other.json', account)}`], new RegExp(`other\\.json holds the account ${CONFIG}, not ${ANOTHER}`)],
    [['--account', `${CONFIG}=${file('zstd.json', account.replace('"base64"', '"base64+zstd"'))}`], /zstd\.json is not an account with base64 data/],
    [['--account', `${CONFIG}=${file('null.json', 'null')}`], /null\.json is not an account with base64 data/],
    [['--account', `${CONFIG}=${file('owner.json', account.replace(RAYDIUM, 'nobody'))}`], /owner\.json is not an account/],
    [['--account', `nobody=${file('id.json', account)}`], /--account: "nobody" is not an address/],
    [['--program', RAYDIUM], /--program takes ID=FILE/],
  ]);
  for (const [options, reason] of cases) {
    await assert.rejects(async () => placeGenesisAccounts(new Ledger(), readOptions(options)), reason);
  }
  const localnet = await start(...cases[0][0]);
  assert.match(localnet.said(), cases[0][1]);
  assert.equal(localnet.code, 1);
  await localnet.end();
});
