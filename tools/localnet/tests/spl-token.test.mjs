import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, approve, closeAccount, createMint, getAccount, getMint, getOrCreateAssociatedTokenAccount,
  mintTo, transferChecked,
} from '@solana/spl-token';
import { Connection, Keypair, LAMPORTS_PER_SOL } from '@solana/web3.js';
import { startLocalnet } from './support/localnet.mjs';
import { letGo } from './support/web3.mjs';

/** @type {Awaited<ReturnType<typeof startLocalnet>>} */ let localnet;
/** @type {Connection} */ let connection;
const payer = Keypair.generate();

before(async () => {
  // 40 ms: the client keeps a blockhash in memory while the test runs, so the window must be longer than the test.
  localnet = await startLocalnet({ slotMs: 40 });
  connection = new Connection(localnet.url, { commitment: 'confirmed', wsEndpoint: localnet.wsUrl });
  const signature = await connection.requestAirdrop(payer.publicKey, 100 * LAMPORTS_PER_SOL);
  await connection.confirmTransaction({ signature, ...(await connection.getLatestBlockhash()) });
});
after(async () => {
  await letGo(connection);
  await localnet.stop();
});

for (const [name, program] of /** @type {const} */ ([['spl-token', TOKEN_PROGRAM_ID], ['spl-token-2022', TOKEN_2022_PROGRAM_ID]])) {
  test(`${name}: mint, accounts, transfer, supply, largest holders, parsed data and token balances of a transaction`, async () => {
    const fresh = new Connection(localnet.url, { commitment: 'confirmed', wsEndpoint: localnet.wsUrl });
    const owner = Keypair.generate();
    const mint = await createMint(fresh, payer, payer.publicKey, null, 6, undefined, undefined, program);
    const from = await getOrCreateAssociatedTokenAccount(fresh, payer, mint, payer.publicKey, false, 'confirmed', undefined, program);
    const to = await getOrCreateAssociatedTokenAccount(fresh, payer, mint, owner.publicKey, false, 'confirmed', undefined, program);
    await mintTo(fresh, payer, mint, from.address, payer, 1_000_000_000n, [], undefined, program);
    const signature = await transferChecked(fresh, payer, from.address, mint, to.address, payer, 250_000_001n, 6, [], undefined, program);
    assert.equal((await getMint(fresh, mint, undefined, program)).supply, 1_000_000_000n);
    assert.equal((await getAccount(fresh, to.address, undefined, program)).amount, 250_000_001n);
    assert.equal((await fresh.getTokenAccountBalance(to.address)).value.uiAmountString, '250.000001');
    assert.equal((await fresh.getTokenSupply(mint)).value.amount, '1000000000');
    const { value: largest } = await fresh.getTokenLargestAccounts(mint);
    assert.deepEqual(largest.map(({ amount }) => amount), ['749999999', '250000001']);
    const { value: [held] } = await fresh.getParsedTokenAccountsByOwner(owner.publicKey, { mint });
    assert.equal(held.account.data.program, name);
    assert.equal(held.account.data.parsed.info.tokenAmount.amount, '250000001');
    assert.equal((await fresh.getTokenAccountsByOwner(owner.publicKey, { programId: program })).value.length, 1);
    const held165 = await fresh.getParsedProgramAccounts(program, { filters: [{ memcmp: { offset: 32, bytes: owner.publicKey.toString() } }] });
    assert.equal(held165.length, 1);
    const shown = await fresh.getParsedTransaction(signature, { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
    const change = shown?.meta?.postTokenBalances?.find(({ owner: holder }) => holder === owner.publicKey.toString());
    assert.equal(change?.uiTokenAmount.amount, '250000001');
    await approve(fresh, payer, to.address, payer.publicKey, owner, 5n, [], undefined, program);
    const delegated = await localnet.rpc('getTokenAccountsByDelegate', payer.publicKey.toString(), { mint: mint.toString() }, { encoding: 'base64', commitment: 'confirmed' });
    assert.equal(delegated.value.length, 1);
    await transferChecked(fresh, payer, to.address, mint, from.address, owner, 250_000_001n, 6, [], undefined, program);
    await closeAccount(fresh, payer, to.address, payer.publicKey, owner, [], undefined, program);
    assert.equal(await fresh.getAccountInfo(to.address), null);
    await letGo(fresh);
  });
}
