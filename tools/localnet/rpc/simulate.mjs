import { liveNonceOf } from '../ledger/nonce.mjs';
import { resolveAccounts } from '../ledger/resolve.mjs';

/**
 * Runs a transaction on the state of `block` and leaves no trace.
 * @param {import('../ledger/ledger.mjs').Ledger} ledger
 * @param {import('../transactions/parse.mjs').ParsedTransaction} transaction
 * @param {import('../ledger/blocks.mjs').Block} block
 * @param {{ verifySignatures: boolean, replaceBlockhash?: boolean }} options
 * @returns {{ outcome: import('../ledger/vm.mjs').Outcome, resolved: import('../ledger/resolve.mjs').Resolved }}
 */
export function simulate(ledger, transaction, block, { verifySignatures, replaceBlockhash = false }) {
  const read = (/** @type {string} */ key, /** @type {Buffer} */ bytes) => ledger.accounts.at(key, block.slot, bytes);
  const resolved = resolveAccounts(transaction, read);
  if (!replaceBlockhash && !ledger.blocks.isHashValidIn(transaction.blockhash, block) && liveNonceOf(transaction, resolved, read) === null) {
    return { outcome: notRun('BlockhashNotFound'), resolved };
  }
  const landed = ledger.history.bySignature.get(transaction.signature);
  if (!replaceBlockhash && landed !== undefined && landed.slot <= block.slot) return { outcome: notRun('AlreadyProcessed'), resolved };
  ledger.enterSlot();
  const keys = [...resolved.accounts.map(({ key }) => key), ...resolved.tables];
  const outcome = ledger.accounts.during(block.slot, keys, () => ledger.vm.simulate(transaction.wire, verifySignatures));
  return { outcome, resolved };
}

/** @param {string} err @returns {import('../ledger/vm.mjs').Outcome} */
function notRun(err) {
  return { landed: false, err, logs: [], unitsConsumed: 0n, inner: [], returnData: null };
}
