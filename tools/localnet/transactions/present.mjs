import { decode32 } from '../encoding/base58.mjs';

/**
 * The bytes of a transaction as if it had been of version 1 (SIMD-0385), with another number for versions that nobody knows yet. The signatures are
 * those of the transaction that was executed: they do not verify over these bytes.
 * @param {import('./parse.mjs').ParsedTransaction} transaction one without lookup tables @param {number} version
 */
export function presented(transaction, version) {
  const { required, readonlySigned, readonlyUnsigned, keys, blockhash, instructions, signatures } = transaction;
  return Buffer.concat([
    // No config: the mask of four bytes is zero.
    Buffer.from([0x80 | version, required, readonlySigned, readonlyUnsigned, 0, 0, 0, 0]),
    decode32(blockhash),
    Buffer.from([instructions.length, keys.length]),
    ...keys,
    ...instructions.map(({ programIdIndex, accounts, data }) => Buffer.from([programIdIndex, accounts.length, data.length & 0xff, data.length >> 8])),
    ...instructions.flatMap(({ accounts, data }) => [accounts, data]),
    ...signatures,
  ]);
}
