import { createHash } from 'node:crypto';
import { encode } from '../encoding/base58.mjs';
import { computeBudgetOf, feeOf } from '../transactions/fees.mjs';
import { memoOf } from './memo.mjs';
import { advanced, liveNonceOf } from './nonce.mjs';
import { resolveAccounts } from './resolve.mjs';
import { mintOf, tokenAccountOf, uiAmount } from './token-balances.mjs';

/**
 * @typedef {import('../transactions/parse.mjs').ParsedTransaction} ParsedTransaction
 * @typedef {{ key: string, view: import('./vm.mjs').AccountView | null }} Written
 * @typedef {{ refused: any } | { refused: null, entry: import('./history.mjs').Entry, written: Written[] }} Result
 *   refused: the error of a transaction that never reached a block and leaves no trace
 */

/** @param {ParsedTransaction} transaction */
function messageHashOf(transaction) {
  return createHash('sha256').update(transaction.messageBytes).digest('base64');
}

/** What an entry says of the transaction alone, wherever it landed. @param {ParsedTransaction} transaction */
export function entryOf(transaction, messageHash = messageHashOf(transaction)) {
  const { signature, wire, blockhash } = transaction;
  return { signature, wire, blockhash, messageHash, memo: memoOf(transaction), computeUnitPrice: computeBudgetOf(transaction).price };
}

/**
 * Executes a transaction in the open block.
 * @param {import('./ledger.mjs').Ledger} ledger
 * @param {ParsedTransaction} transaction
 * @param {{ ignoreAge?: boolean }} [options]
 * @returns {Result}
 */
export function execute(ledger, transaction, { ignoreAge = false } = {}) {
  const { vm, accounts, history, blocks } = ledger;
  const messageHash = messageHashOf(transaction);
  if (history.has(transaction, messageHash)) return { refused: 'AlreadyProcessed' };
  ledger.enterSlot();
  const read = (/** @type {string} */ _key, /** @type {Buffer} */ bytes) => vm.read(bytes);
  const resolved = resolveAccounts(transaction, read);
  let nonce = null;
  if (!ignoreAge && !blocks.isHashValidIn(transaction.blockhash, blocks.tip)) {
    nonce = liveNonceOf(transaction, resolved, read);
    if (nonce === null) return { refused: 'BlockhashNotFound' };
  }
  const before = resolved.accounts.map(({ key, bytes }) => accounts.newest(key, bytes));
  const outcome = vm.execute(transaction.wire);
  if (!outcome.landed) return { refused: outcome.err };
  const slot = blocks.tip.slot;
  if (nonce !== null && outcome.err !== null) {
    const bytes = resolved.accounts.find(({ key }) => key === nonce.key)?.bytes ?? Buffer.alloc(32);
    const lamports = vm.read(bytes)?.lamports ?? nonce.view.lamports;
    vm.write(bytes, advanced(nonce.view, lamports, vm.latestBlockhash()));
  }
  const after = resolved.accounts.map(({ bytes, writable }, index) => (writable ? vm.read(bytes) : before[index]));
  /** @type {Written[]} */
  const written = [];
  resolved.accounts.forEach(({ key, writable }, index) => {
    if (!writable || !differs(before[index], after[index])) return;
    accounts.remember(key, slot, before[index]);
    accounts.noteWritten(key, after[index]);
    written.push({ key, view: after[index] });
  });
  const keys = [...new Set(resolved.accounts.map(({ key }) => key))];
  const entry = {
    ...entryOf(transaction, messageHash),
    slot,
    position: blocks.tip.transactions.length,
    err: outcome.err,
    keys,
    meta: metaOf(transaction, resolved, before, after, outcome, vm),
  };
  return { refused: null, entry, written };
}

/** @param {import('./vm.mjs').AccountView | null} a @param {import('./vm.mjs').AccountView | null} b */
function differs(a, b) {
  if (a === null || b === null) return a !== b;
  return a.lamports !== b.lamports || a.owner !== b.owner || !a.data.equals(b.data) || a.executable !== b.executable;
}

/**
 * @param {ParsedTransaction} transaction @param {import('./resolve.mjs').Resolved} resolved
 * @param {(import('./vm.mjs').AccountView | null)[]} before @param {(import('./vm.mjs').AccountView | null)[]} after
 * @param {import('./vm.mjs').Outcome} outcome @param {import('./vm.mjs').Vm} vm
 */
function metaOf(transaction, resolved, before, after, outcome, vm) {
  return {
    err: outcome.err,
    status: outcome.err === null ? { Ok: null } : { Err: outcome.err },
    fee: feeOf(transaction),
    preBalances: before.map((view) => view?.lamports ?? 0n),
    postBalances: after.map((view) => view?.lamports ?? 0n),
    preTokenBalances: tokenBalances(resolved, before, vm),
    postTokenBalances: tokenBalances(resolved, after, vm),
    innerInstructions: innerInstructionsOf(outcome),
    logMessages: outcome.logs,
    loadedAddresses: resolved.loaded,
    rewards: [],
    computeUnitsConsumed: outcome.unitsConsumed,
    ...(outcome.returnData === null ? {} : { returnData: returnDataOf(outcome) }),
  };
}

/** @param {import('./vm.mjs').Outcome} outcome */
export function innerInstructionsOf(outcome) {
  return outcome.inner.flatMap((instructions, index) =>
    instructions.length === 0
      ? []
      : [{
          index,
          instructions: instructions.map((inner) => ({
            programIdIndex: inner.programIdIndex,
            accounts: [...inner.accounts],
            data: encode(inner.data),
            stackHeight: inner.stackHeight,
          })),
        }],
  );
}

/** @param {import('./vm.mjs').Outcome} outcome */
export function returnDataOf({ returnData }) {
  return returnData && { programId: returnData.programId, data: [Buffer.from(returnData.data).toString('base64'), 'base64'] };
}

/** @param {import('./resolve.mjs').Resolved} resolved @param {(import('./vm.mjs').AccountView | null)[]} views @param {import('./vm.mjs').Vm} vm */
function tokenBalances(resolved, views, vm) {
  return views.flatMap((view, accountIndex) => {
    const account = tokenAccountOf(view);
    if (account === null || view === null) return [];
    const mint = mintOf(vm.read(view.data.subarray(0, 32)));
    if (mint === null) return [];
    return [{
      accountIndex,
      mint: account.mint,
      owner: account.owner,
      programId: account.program,
      uiTokenAmount: uiAmount(account.amount, mint.decimals),
    }];
  });
}
