import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  AddressLookupTableProgram, Connection, Keypair, LAMPORTS_PER_SOL, NONCE_ACCOUNT_LENGTH, NonceAccount, PublicKey, SendTransactionError,
  SystemProgram, Transaction, TransactionInstruction, TransactionMessage, VersionedTransaction, sendAndConfirmTransaction,
} from '@solana/web3.js';
import { startLocalnet } from './support/localnet.mjs';
import { letGo } from './support/web3.mjs';

/** @type {Awaited<ReturnType<typeof startLocalnet>>} */ let localnet;
/** @type {Connection} */ let connection;
const payer = Keypair.generate();

before(async () => {
  localnet = await startLocalnet({ slotMs: 10 });
  connection = new Connection(localnet.url, { commitment: 'confirmed', wsEndpoint: localnet.wsUrl });
  await airdrop(payer.publicKey, 100);
});
after(async () => {
  await letGo(connection);
  await localnet.stop();
});

/** @param {PublicKey} to @param {number} sol */
async function airdrop(to, sol) {
  const signature = await connection.requestAirdrop(to, sol * LAMPORTS_PER_SOL);
  const latest = await connection.getLatestBlockhash();
  const { value } = await connection.confirmTransaction({ signature, ...latest });
  assert.equal(value.err, null);
}

/** @param {PublicKey} to @param {number} lamports */
const transferTo = (to, lamports) => SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports });

test('a transfer is sent, confirmed over the WebSocket and shown with fee and balances', async () => {
  const to = Keypair.generate().publicKey;
  const signature = await sendAndConfirmTransaction(connection, new Transaction().add(transferTo(to, 5_000_000)), [payer]);
  assert.equal(await connection.getBalance(to), 5_000_000);
  const shown = await connection.getTransaction(signature, { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
  assert.equal(shown?.meta?.fee, 5000);
  const { preBalances, postBalances } = /** @type {any} */ (shown?.meta);
  assert.equal(preBalances[0] - postBalances[0], 5_005_000);
  const parsed = await connection.getParsedTransaction(signature, { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
  assert.equal(/** @type {any} */ (parsed?.transaction.message.instructions[0]).parsed.info.lamports, 5_000_000);
  const block = await connection.getBlock(/** @type {number} */ (shown?.slot), { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
  assert.ok(block?.transactions.some(({ transaction }) => transaction.signatures[0] === signature));
});

test('a transfer beyond the balance fails its preflight with code -32002, logs and the error', async () => {
  const poor = Keypair.generate();
  await airdrop(poor.publicKey, 1);
  const transaction = new Transaction().add(
    SystemProgram.transfer({ fromPubkey: poor.publicKey, toPubkey: payer.publicKey, lamports: 2 * LAMPORTS_PER_SOL }),
  );
  await assert.rejects(sendAndConfirmTransaction(connection, transaction, [poor]), (error) => {
    assert.ok(error instanceof SendTransactionError);
    assert.match(error.message, /custom program error: 0x1/);
    assert.ok(error.logs?.some((line) => line.includes('insufficient lamports')));
    return true;
  });
});

test('a version 0 transaction reads its accounts from a lookup table', async () => {
  const to = Keypair.generate().publicKey;
  const recentSlot = await connection.getSlot('confirmed');
  const [create, table] = AddressLookupTableProgram.createLookupTable({ authority: payer.publicKey, payer: payer.publicKey, recentSlot });
  const extend = AddressLookupTableProgram.extendLookupTable({
    lookupTable: table, authority: payer.publicKey, payer: payer.publicKey, addresses: [to, SystemProgram.programId],
  });
  await sendAndConfirmTransaction(connection, new Transaction().add(create, extend), [payer]);
  const { value: lookup } = await connection.getAddressLookupTable(table);
  assert.ok(lookup);
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const message = new TransactionMessage({ payerKey: payer.publicKey, recentBlockhash: blockhash, instructions: [transferTo(to, 7_000_000)] });
  const transaction = new VersionedTransaction(message.compileToV0Message([lookup]));
  assert.equal(transaction.message.addressTableLookups.length, 1);
  transaction.sign([payer]);
  const signature = await connection.sendTransaction(transaction);
  await connection.confirmTransaction({ signature, blockhash, lastValidBlockHeight });
  assert.equal(await connection.getBalance(to), 7_000_000);
  const shown = await connection.getTransaction(signature, { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
  assert.equal(shown?.version, 0);
  assert.deepEqual(shown?.meta?.loadedAddresses?.writable.map(String), [to.toString()]);
  await assert.rejects(connection.getTransaction(signature, { commitment: 'confirmed' }), /version \(0\) is not supported/);
});

test('a durable nonce outlives the blockhash window, is used once, and is used up by a failure too', async () => {
  const nonce = Keypair.generate();
  const rent = await connection.getMinimumBalanceForRentExemption(NONCE_ACCOUNT_LENGTH);
  await sendAndConfirmTransaction(
    connection,
    new Transaction().add(
      SystemProgram.createNonceAccount({ fromPubkey: payer.publicKey, noncePubkey: nonce.publicKey, authorizedPubkey: payer.publicKey, lamports: rent }),
    ),
    [payer, nonce],
  );
  const stored = async () => NonceAccount.fromAccountData(/** @type {any} */ (await connection.getAccountInfo(nonce.publicKey)).data).nonce;
  const advance = SystemProgram.nonceAdvance({ noncePubkey: nonce.publicKey, authorizedPubkey: payer.publicKey });
  const to = Keypair.generate().publicKey;
  const first = await stored();
  const transaction = new Transaction({ nonceInfo: { nonce: first, nonceInstruction: advance }, feePayer: payer.publicKey }).add(transferTo(to, 3_000_000));
  transaction.sign(payer);
  await localnet.warp(400);
  const signature = await connection.sendRawTransaction(transaction.serialize());
  await localnet.warp(3);
  assert.equal((await connection.getSignatureStatus(signature)).value?.err, null);
  assert.equal(await connection.getBalance(to), 3_000_000);
  const second = await stored();
  assert.notEqual(second, first);
  const failing = new Transaction({ nonceInfo: { nonce: second, nonceInstruction: advance }, feePayer: payer.publicKey }).add(
    transferTo(to, 1_000_000 * LAMPORTS_PER_SOL),
  );
  failing.sign(payer);
  const failed = await connection.sendRawTransaction(failing.serialize(), { skipPreflight: true });
  await localnet.warp(3);
  assert.ok((await connection.getSignatureStatus(failed)).value?.err);
  assert.notEqual(await stored(), second);
});

test('accounts, logs, programs, slots and roots are told over the WebSocket', async () => {
  const to = Keypair.generate().publicKey;
  const seen = /** @type {Record<string, any>} */ ({});
  const told = (/** @type {string} */ name) => (/** @type {any} */ value) => (seen[name] ??= value);
  const ids = [
    connection.onAccountChange(to, told('account'), { commitment: 'confirmed' }),
    connection.onLogs(to, told('logs'), 'confirmed'),
    connection.onProgramAccountChange(SystemProgram.programId, ({ accountId, accountInfo }) => {
      if (accountId.equals(to)) told('program')(accountInfo);
    }, { commitment: 'finalized' }),
    connection.onSlotChange(told('slot')),
    connection.onRootChange(told('root')),
  ];
  const memo = new TransactionInstruction({ programId: new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'), keys: [], data: Buffer.from('hello: é') });
  await new Promise((resolve) => setTimeout(resolve, 100)); // the client subscribes in the background and tells nobody when it has
  // Not sendAndConfirmTransaction: it caches a blockhash for 30 s, which is twenty windows long at this slot length.
  const transaction = new Transaction({ feePayer: payer.publicKey, ...(await connection.getLatestBlockhash()) }).add(transferTo(to, 4_000_000), memo);
  transaction.sign(payer);
  const signature = await connection.sendRawTransaction(transaction.serialize());
  const { lastValidBlockHeight = 0, recentBlockhash: blockhash = '' } = transaction;
  await connection.confirmTransaction({ signature, blockhash, lastValidBlockHeight }, 'finalized');
  for (let i = 0; i < 100 && Object.keys(seen).length < 5; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  await connection.removeAccountChangeListener(ids[0]);
  await connection.removeOnLogsListener(ids[1]);
  await connection.removeProgramAccountChangeListener(ids[2]);
  await connection.removeSlotChangeListener(ids[3]);
  await connection.removeRootChangeListener(ids[4]);
  assert.equal(seen.account?.lamports, 4_000_000);
  assert.equal(seen.program?.lamports, 4_000_000);
  assert.equal(seen.logs?.signature, signature);
  assert.ok(seen.slot?.slot > 0 && Number.isInteger(seen.root));
  const [listed] = await connection.getSignaturesForAddress(to, { limit: 1 }, 'confirmed');
  assert.equal(listed.memo, '[9] hello: é');
});

test('simulation runs without signatures, shows accounts after it and changes nothing', async () => {
  const to = Keypair.generate().publicKey;
  const message = new TransactionMessage({
    payerKey: payer.publicKey, recentBlockhash: PublicKey.default.toString(), instructions: [transferTo(to, 6_000_000)],
  }).compileToV0Message();
  const { value } = await connection.simulateTransaction(new VersionedTransaction(message), {
    replaceRecentBlockhash: true, sigVerify: false, accounts: { encoding: 'base64', addresses: [to.toString()] }, innerInstructions: true,
  });
  assert.equal(value.err, null);
  assert.equal(value.accounts?.[0]?.lamports, 6_000_000);
  assert.equal(await connection.getBalance(to, 'processed'), 0);
  assert.equal((await connection.getFeeForMessage(new TransactionMessage({
    payerKey: payer.publicKey, recentBlockhash: (await connection.getLatestBlockhash()).blockhash, instructions: [transferTo(to, 1)],
  }).compileToV0Message())).value, 5000);
});
