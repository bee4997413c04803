import { Keypair, SystemProgram, Transaction, TransactionInstruction, PublicKey } from '@solana/web3.js';

const MEMO = new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');

/** A payer with money that every commitment can see, and signed transfers out of it. @param {any} localnet a cluster that advances by warp */
export async function fundedPayer(localnet, sol = 10) {
  const payer = Keypair.generate();
  await localnet.rpc('requestAirdrop', payer.publicKey.toString(), sol * 1e9);
  await localnet.warp(40);
  return payer;
}

/**
 * @param {any} localnet @param {Keypair} payer @param {{ to?: PublicKey, lamports?: number, memo?: string, blockhash?: string }} [options]
 * @returns {Promise<{ wire: string, signature: string, to: PublicKey, lastValidBlockHeight: number, blockhash: string }>} wire in base64
 */
export async function signedTransfer(localnet, payer, { to = Keypair.generate().publicKey, lamports = 5_000_000, memo, blockhash } = {}) {
  const { value: latest } = await localnet.rpc('getLatestBlockhash', { commitment: 'confirmed' });
  const recentBlockhash = blockhash ?? latest.blockhash;
  const transaction = new Transaction({ feePayer: payer.publicKey, blockhash: recentBlockhash, lastValidBlockHeight: latest.lastValidBlockHeight });
  transaction.add(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports }));
  if (memo !== undefined) transaction.add(new TransactionInstruction({ programId: MEMO, keys: [], data: Buffer.from(memo) }));
  transaction.sign(payer);
  const { encode } = await import('../../encoding/base58.mjs');
  const signature = encode(/** @type {Buffer} */ (transaction.signature));
  return { wire: transaction.serialize().toString('base64'), signature, to, lastValidBlockHeight: latest.lastValidBlockHeight, blockhash: recentBlockhash };
}

/** Sends past the preflight. @param {any} localnet @param {{ wire: string }} transfer @param {Record<string, any>} [options] */
export function send(localnet, { wire }, options = {}) {
  return localnet.rpc('sendTransaction', wire, { encoding: 'base64', skipPreflight: true, maxRetries: 0, ...options });
}

/** @param {any} localnet @param {string} signature */
export async function statusOf(localnet, signature, front = 0) {
  const { value } = await localnet.rpcAt(front, 'getSignatureStatuses', [signature], { searchTransactionHistory: true });
  return value[0];
}
