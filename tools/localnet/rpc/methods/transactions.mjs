import { innerInstructionsOf, returnDataOf } from '../../ledger/execution.mjs';
import { countBefore } from '../../ledger/history.mjs';
import { errorText } from '../../transactions/error-text.mjs';
import { parseTransaction } from '../../transactions/parse.mjs';
import { accountFormat, encodeAccount } from '../encode-account.mjs';
import { encodeEntry, parsedInner, transactionFormat } from '../encode-transaction.mjs';
import { INTERNAL_ERROR, PREFLIGHT_FAILURE, RpcError, SIGNATURE_VERIFICATION_FAILURE, invalid } from '../errors.mjs';
import { array, commitment, config, integer, optionalBoolean, optionalInteger, pubkey, signature } from '../params.mjs';
import { simulate } from '../simulate.mjs';
import { wireTransaction } from '../wire.mjs';

/** @typedef {import('../node.mjs').Node} Node */

/** Retries of a transaction that cannot be executed yet, when the sender names no number: about a minute's worth at 400 ms. */
const RETRIES_DEFAULT = 30;
const STATUSES_MAX = 256;
const SIGNATURES_MAX = 1000;
/** Without a search of the history, nodes answer from a cache of the newest finalized slots. */
const STATUS_CACHE_ROOTS = 300;

/** @type {Record<string, (node: Node, params: any[]) => any>} */
export const transactionMethods = {
  requestAirdrop(node, [address, lamports]) {
    const { bytes } = pubkey(address);
    const amount = BigInt(integer(lamports, 'lamports'));
    const { ledger } = node;
    const transaction = parseTransaction(ledger.faucet.transfer(bytes, amount, ledger.tip.parentHash));
    const { err } = simulate(ledger, transaction, ledger.tip, { verifySignatures: true }).outcome;
    const refused = err ?? ledger.land(transaction).refused;
    if (refused !== null) throw new RpcError(INTERNAL_ERROR, `airdrop request failed: ${errorText(refused)}`);
    return transaction.signature;
  },

  sendTransaction(node, [text, options]) {
    const given = config(options);
    const transaction = wireTransaction(text, given.encoding ?? 'base58');
    const retries = optionalInteger(given.maxRetries, 'maxRetries') ?? RETRIES_DEFAULT;
    const skipPreflight = optionalBoolean(given.skipPreflight, 'skipPreflight');
    const { block } = node.bank({ commitment: skipPreflight ? 'processed' : given.preflightCommitment, minContextSlot: given.minContextSlot });
    if (!skipPreflight) preflight(node, transaction, block);
    node.faults.accept(node, transaction, retries);
    return transaction.signature;
  },

  simulateTransaction(node, [text, options]) {
    const given = config(options);
    const transaction = wireTransaction(text, given.encoding ?? 'base58');
    const verifySignatures = optionalBoolean(given.sigVerify, 'sigVerify');
    const replaceBlockhash = optionalBoolean(given.replaceRecentBlockhash, 'replaceRecentBlockhash');
    const wantsInner = optionalBoolean(given.innerInstructions, 'innerInstructions');
    if (verifySignatures && replaceBlockhash) throw invalid('sigVerify may not be used with replaceRecentBlockhash');
    const { block, context, read } = node.bank(given);
    const accounts = given.accounts === undefined || given.accounts === null ? null : config(given.accounts);
    const addresses = accounts && array(accounts.addresses ?? [], 'accounts.addresses', 256).map((address) => pubkey(address).key);
    const format = accounts && accountFormat(accounts, 'base64');
    const { outcome, resolved } = simulate(node.ledger, transaction, block, { verifySignatures, replaceBlockhash });
    if (outcome.err === 'SignatureFailure') throw signatureFailure();
    if (addresses && addresses.length > resolved.accounts.length) {
      throw invalid(`Too many accounts provided; max ${resolved.accounts.length}`);
    }
    const written = addresses === null ? undefined : outcome.postAccounts?.();
    const after = (/** @type {string} */ key) => written?.get(key) ?? null;
    const inner = innerInstructionsOf(outcome);
    return {
      context,
      value: {
        ...simulationValue(outcome),
        accounts: addresses && format && (outcome.err === null ? addresses.map((key) => {
          const view = after(key);
          return view && view.lamports > 0n ? encodeAccount(view, format, (other) => after(other) ?? read(other)) : null;
        }) : addresses.map(() => null)),
        innerInstructions: wantsInner ? parsedInner(inner, resolved.accounts.map(({ key }) => key)) : null,
        replacementBlockhash: replaceBlockhash
          ? { blockhash: block.parentHash, lastValidBlockHeight: node.ledger.blocks.lastValidHeight(block.parentHash) }
          : null,
      },
    };
  },

  getSignatureStatuses(node, [signatures, options]) {
    const wanted = array(signatures, 'signatures', STATUSES_MAX).map(signature);
    const search = optionalBoolean(config(options).searchTransactionHistory, 'searchTransactionHistory');
    const { context } = node.bank({ commitment: 'processed' });
    const seen = node.seen();
    const value = wanted.map((name) => {
      const entry = node.faults.hides() ? undefined : node.ledger.history.bySignature.get(name);
      if (entry === undefined || (!search && entry.slot < seen.finalized - STATUS_CACHE_ROOTS)) return null;
      const confirmationStatus = node.faults.claim(node.statusOf(entry, seen));
      if (confirmationStatus === null) return null;
      return {
        slot: entry.slot,
        confirmations: confirmationStatus === 'finalized' ? null : seen.processed - entry.slot,
        err: entry.err,
        status: entry.meta.status,
        confirmationStatus,
      };
    });
    return { context, value };
  },

  getSignaturesForAddress(node, [address, options]) {
    const { key } = pubkey(address);
    const given = config(options);
    const limit = node.faults.pageSize(optionalInteger(given.limit, 'limit', { min: 1, max: SIGNATURES_MAX }) ?? SIGNATURES_MAX);
    const before = given.before === undefined || given.before === null ? null : signature(given.before);
    const until = given.until === undefined || given.until === null ? null : signature(given.until);
    const { block } = confirmedBank(node, given);
    if (node.faults.hides()) return [];
    const list = node.ledger.history.of(key);
    let index = countBefore(list, block.slot + 1, 0) - 1;
    if (before !== null) {
      const entry = node.ledger.history.bySignature.get(before);
      // A node that does not know the transaction (yet) has nothing to say about what lies before it.
      if (entry === undefined || entry.slot > block.slot || node.faults.hasLostPlace()) return [];
      index = countBefore(list, entry.slot, entry.position) - 1;
    }
    const seen = node.seen();
    const found = [];
    for (; index >= 0 && found.length < limit; index--) {
      const entry = list[index];
      if (entry.signature === until) break;
      found.push({
        signature: entry.signature,
        slot: entry.slot,
        err: entry.err,
        memo: entry.memo,
        blockTime: node.ledger.blocks.bySlot.get(entry.slot)?.time ?? null,
        confirmationStatus: node.faults.claim(node.statusOf(entry, seen)),
      });
    }
    return node.faults.tornPage(found);
  },

  getTransaction(node, [name, options]) {
    const wanted = signature(name);
    const given = typeof options === 'string' ? { encoding: options } : config(options);
    const format = transactionFormat(given);
    const { block } = confirmedBank(node, given);
    const entry = node.faults.hides() ? undefined : node.ledger.history.bySignature.get(wanted);
    if (entry === undefined || entry.slot > block.slot) return null;
    const blockTime = node.ledger.blocks.bySlot.get(entry.slot)?.time ?? null;
    return { slot: entry.slot, blockTime, ...encodeEntry(entry, format) };
  },
};

/** @param {Node} node @param {Record<string, any>} given */
function confirmedBank(node, given) {
  if (commitment(given.commitment) === 'processed') throw invalid('Method does not support commitment below `confirmed`');
  return node.bank(given);
}

/** @param {Node} node @param {import('../../transactions/parse.mjs').ParsedTransaction} transaction @param {import('../../ledger/blocks.mjs').Block} block */
function preflight(node, transaction, block) {
  const { outcome } = simulate(node.ledger, transaction, block, { verifySignatures: true });
  if (outcome.err === null) return;
  if (outcome.err === 'SignatureFailure') throw signatureFailure();
  throw new RpcError(PREFLIGHT_FAILURE, `Transaction simulation failed: ${errorText(outcome.err)}`, {
    ...simulationValue(outcome),
    accounts: null,
    innerInstructions: null,
    replacementBlockhash: null,
  });
}

function signatureFailure() {
  return new RpcError(SIGNATURE_VERIFICATION_FAILURE, 'Transaction signature verification failure');
}

/** @param {import('../../ledger/vm.mjs').Outcome} outcome */
function simulationValue(outcome) {
  return { err: outcome.err, logs: outcome.logs, unitsConsumed: outcome.unitsConsumed, returnData: returnDataOf(outcome) };
}
