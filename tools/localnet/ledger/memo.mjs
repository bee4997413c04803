import { encode } from '../encoding/base58.mjs';
import { MEMO_V1, MEMO_V2 } from '../transactions/programs.mjs';

/**
 * The memos of a transaction as validators index them: `[length in bytes] text`, joined by `; `, or null without any.
 * @param {import('../transactions/parse.mjs').ParsedTransaction} transaction
 */
export function memoOf(transaction) {
  const memos = [];
  for (const { programIdIndex, data } of transaction.instructions) {
    const program = encode(transaction.keys[programIdIndex]);
    if (program !== MEMO_V1 && program !== MEMO_V2) continue;
    const text = data.toString('utf8');
    memos.push(Buffer.from(text, 'utf8').equals(data) ? `[${data.length}] ${text}` : '(unparseable)');
  }
  return memos.length > 0 ? memos.join('; ') : null;
}
