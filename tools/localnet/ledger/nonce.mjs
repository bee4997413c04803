import { createHash } from 'node:crypto';
import { decode32, encode } from '../encoding/base58.mjs';
import { SYSTEM, SYSTEM_BYTES } from '../transactions/programs.mjs';
import { AccountView } from './vm.mjs';

const ADVANCE_NONCE_ACCOUNT = 4;
const NONCE_ACCOUNT_LENGTH = 80;

/**
 * The nonce account that keeps a transaction alive past the blockhash window, or null: its first instruction must be
 * AdvanceNonceAccount on a writable account that stores the transaction's blockhash, signed by the nonce's authority.
 * @param {import('../transactions/parse.mjs').ParsedTransaction} transaction
 * @param {import('./resolve.mjs').Resolved} resolved
 * @param {(key: string, bytes: Buffer) => AccountView | null} read
 */
export function liveNonceOf(transaction, resolved, read) {
  const first = transaction.instructions[0];
  if (first === undefined || !transaction.keys[first.programIdIndex].equals(SYSTEM_BYTES)) return null;
  if (first.data.length < 4 || first.data.readUInt32LE(0) !== ADVANCE_NONCE_ACCOUNT || first.accounts.length < 3) return null;
  const account = resolved.accounts[first.accounts[0]];
  if (!account?.writable) return null;
  const view = read(account.key, account.bytes);
  if (view === null || view.owner !== SYSTEM || view.data.length !== NONCE_ACCOUNT_LENGTH) return null;
  const { data } = view;
  if (data.readUInt32LE(0) !== 1 || data.readUInt32LE(4) !== 1) return null;
  if (encode(data.subarray(40, 72)) !== transaction.blockhash) return null;
  const authority = data.subarray(8, 40);
  const signs = first.accounts.some((index) => index < transaction.required && transaction.keys[index].equals(authority));
  return signs ? { key: account.key, view } : null;
}

/**
 * A transaction that fails in execution still uses up its nonce, or it could be charged for again and again.
 * @param {AccountView} view the nonce account before the transaction
 * @param {bigint} lamports its balance after the fee
 * @param {string} blockhash the VM's own blockhash
 */
export function advanced(view, lamports, blockhash) {
  const data = Buffer.from(view.data);
  createHash('sha256').update('DURABLE_NONCE').update(/** @type {Buffer} */ (decode32(blockhash))).digest().copy(data, 40);
  return AccountView.of(lamports, data, SYSTEM_BYTES, view.executable, view.rentEpoch);
}
