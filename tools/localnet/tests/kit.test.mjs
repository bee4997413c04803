import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  AccountRole, airdropFactory, address, appendTransactionMessageInstruction, assertIsTransactionWithBlockhashLifetime, createSolanaRpc,
  createSolanaRpcSubscriptions, createTransactionMessage, generateKeyPairSigner, getSignatureFromTransaction, lamports, pipe,
  sendAndConfirmTransactionFactory, setTransactionMessageFeePayerSigner, setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from '@solana/kit';
import { startLocalnet } from './support/localnet.mjs';

/** @type {Awaited<ReturnType<typeof startLocalnet>>} */ let localnet;
before(async () => {
  localnet = await startLocalnet({ slotMs: 20 });
});
after(() => localnet.stop());

test('@solana/kit airdrops, transfers and confirms over the WebSocket, up to finalized', async () => {
  const rpc = createSolanaRpc(/** @type {any} */ (localnet.url));
  const rpcSubscriptions = createSolanaRpcSubscriptions(/** @type {any} */ (localnet.wsUrl));
  const payer = await generateKeyPairSigner();
  const to = await generateKeyPairSigner();
  const airdrop = airdropFactory(/** @type {any} */ ({ rpc, rpcSubscriptions }));
  await airdrop({ commitment: 'confirmed', lamports: lamports(5_000_000_000n), recipientAddress: payer.address });
  const { value: latest } = await rpc.getLatestBlockhash({ commitment: 'confirmed' }).send();
  const data = new Uint8Array(12);
  new DataView(data.buffer).setUint32(0, 2, true);
  new DataView(data.buffer).setBigUint64(4, 1_500_000_000n, true);
  const transaction = await pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayerSigner(payer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(latest, message),
    (message) =>
      appendTransactionMessageInstruction(
        {
          programAddress: address('11111111111111111111111111111111'),
          accounts: [
            { address: payer.address, role: AccountRole.WRITABLE_SIGNER },
            { address: to.address, role: AccountRole.WRITABLE },
          ],
          data,
        },
        message,
      ),
    (message) => signTransactionMessageWithSigners(message),
  );
  assertIsTransactionWithBlockhashLifetime(transaction);
  const sendAndConfirm = sendAndConfirmTransactionFactory(/** @type {any} */ ({ rpc, rpcSubscriptions }));
  await sendAndConfirm(/** @type {any} */ (transaction), { commitment: 'finalized', preflightCommitment: 'confirmed' });
  assert.equal((await rpc.getBalance(to.address, { commitment: 'finalized' }).send()).value, 1_500_000_000n);
  const signature = getSignatureFromTransaction(transaction);
  const shown = await rpc.getTransaction(signature, { commitment: 'finalized', encoding: 'json', maxSupportedTransactionVersion: 0 }).send();
  assert.equal(shown?.meta?.fee, 5000n);
  const { value: [status] } = await rpc.getSignatureStatuses([signature], { searchTransactionHistory: true }).send();
  assert.equal(status?.confirmationStatus, 'finalized');
  assert.equal(status?.confirmations, null);
  const faucet = (await localnet.rpc('clones_status')).faucet;
  const supply = await rpc.getBalance(faucet).send();
  assert.ok(supply.value > 2n ** 53n, 'lamports beyond 2^53 arrive exactly');
});
