import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { NATIVE_MINT, TOKEN_PROGRAM_ID, createMint, getOrCreateAssociatedTokenAccount, mintTo } from '@solana/spl-token';
import { Connection, Keypair, LAMPORTS_PER_SOL } from '@solana/web3.js';
import { startLocalnet } from './support/localnet.mjs';
import { letGo } from './support/web3.mjs';

const require = createRequire(import.meta.url);
const { CREATE_CPMM_POOL_FEE_ACC, CREATE_CPMM_POOL_PROGRAM, Raydium, TxVersion, getCpmmPdaAmmConfigId } = require('@raydium-io/raydium-sdk-v2');
const BN = require('bn.js');

// The Raydium program itself is not in this repository and cannot be fetched everywhere, so the pool is not created here: that takes
// `--program` or `--clone`. What is proven is that the SDK reads this cluster and that its transaction comes as far as the program.
test('the Raydium SDK reads wallets from the cluster and builds a pool creation that fails only for want of the program', async () => {
  const localnet = await startLocalnet({ slotMs: 40 });
  const connection = new Connection(localnet.url, { commitment: 'confirmed', wsEndpoint: localnet.wsUrl });
  try {
    const owner = Keypair.generate();
    const airdrop = await connection.requestAirdrop(owner.publicKey, 10 * LAMPORTS_PER_SOL);
    await connection.confirmTransaction({ signature: airdrop, ...(await connection.getLatestBlockhash()) });
    const mint = await createMint(connection, owner, owner.publicKey, null, 6);
    const { address } = await getOrCreateAssociatedTokenAccount(connection, owner, mint, owner.publicKey);
    await mintTo(connection, owner, mint, address, owner, 1_000_000_000n);
    const raydium = await Raydium.load({ connection, owner, cluster: 'mainnet', disableFeatureCheck: true, disableLoadToken: true });
    const { tokenAccounts } = await raydium.account.fetchWalletTokenAccounts({ forceUpdate: true, commitment: 'confirmed' });
    const held = tokenAccounts.find((/** @type {any} */ account) => account.mint.equals(mint));
    assert.equal(held.amount.toString(), '1000000000');
    const config = getCpmmPdaAmmConfigId(CREATE_CPMM_POOL_PROGRAM, 0).publicKey.toString();
    assert.equal(config, 'D4FPEruKEHrG5TenZ2mpDGEfu1iUvTiqBxvpU8HLBvC2');
    const { transaction } = await raydium.cpmm.createPool({
      programId: CREATE_CPMM_POOL_PROGRAM,
      poolFeeAccount: CREATE_CPMM_POOL_FEE_ACC,
      mintA: { address: mint.toString(), decimals: 6, programId: TOKEN_PROGRAM_ID.toString() },
      mintB: { address: NATIVE_MINT.toString(), decimals: 9, programId: TOKEN_PROGRAM_ID.toString() },
      mintAAmount: new BN(500_000_000),
      mintBAmount: new BN(LAMPORTS_PER_SOL),
      startTime: new BN(0),
      feeConfig: { id: config, index: 0, protocolFeeRate: 120000, tradeFeeRate: 2500, fundFeeRate: 40000, createPoolFee: '150000000' },
      associatedOnly: false,
      ownerInfo: { useSOLBalance: true },
      txVersion: TxVersion.V0,
    });
    const { value } = await connection.simulateTransaction(transaction, { replaceRecentBlockhash: true, sigVerify: false });
    // LiteSVM's word for an absent program; a validator says ProgramAccountNotFound.
    assert.equal(value.err, 'InvalidProgramForExecution');
    assert.equal(await connection.getAccountInfo(CREATE_CPMM_POOL_PROGRAM), null);
  } finally {
    await letGo(connection);
    await localnet.stop();
  }
});
