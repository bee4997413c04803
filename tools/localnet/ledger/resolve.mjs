import { encode } from '../encoding/base58.mjs';
import { isWritableStatic } from '../transactions/parse.mjs';
import { LOOKUP_TABLE } from '../transactions/programs.mjs';

const TABLE_HEADER_LENGTH = 56;

/**
 * @typedef {{ key: string, bytes: Buffer, writable: boolean }} ResolvedAccount
 * @typedef {{ accounts: ResolvedAccount[], tables: string[], loaded: { writable: string[], readonly: string[] }, complete: boolean }} Resolved
 *   accounts in the order that instructions index them: static keys, then loaded writable, then loaded readonly;
 *   complete: false when a lookup names what no table holds (the VM then refuses the transaction)
 */

/**
 * @param {import('../transactions/parse.mjs').ParsedTransaction} transaction
 * @param {(key: string, bytes: Buffer) => import('./vm.mjs').AccountView | null} read
 * @returns {Resolved}
 */
export function resolveAccounts(transaction, read) {
  const accounts = transaction.keys.map((bytes, index) => ({ key: encode(bytes), bytes, writable: isWritableStatic(transaction, index) }));
  const tables = [];
  /** @type {Buffer[]} */ const writable = [];
  /** @type {Buffer[]} */ const readonly = [];
  let complete = true;
  for (const lookup of transaction.lookups) {
    const key = encode(lookup.tableKey);
    tables.push(key);
    const table = read(key, lookup.tableKey);
    if (table === null || table.owner !== LOOKUP_TABLE) {
      complete = false;
      continue;
    }
    for (const [indexes, target] of /** @type {[Buffer, Buffer[]][]} */ ([[lookup.writable, writable], [lookup.readonly, readonly]])) {
      for (const index of indexes) {
        const start = TABLE_HEADER_LENGTH + 32 * index;
        if (start + 32 > table.data.length) complete = false;
        else target.push(table.data.subarray(start, start + 32));
      }
    }
  }
  for (const bytes of writable) accounts.push({ key: encode(bytes), bytes, writable: true });
  for (const bytes of readonly) accounts.push({ key: encode(bytes), bytes, writable: false });
  return { accounts, tables, loaded: { writable: writable.map(encode), readonly: readonly.map(encode) }, complete };
}
