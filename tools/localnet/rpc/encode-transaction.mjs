import { encode } from '../encoding/base58.mjs';
import { isWritableStatic, parseTransaction } from '../transactions/parse.mjs';
import { presented } from '../transactions/present.mjs';
import { RpcError, UNSUPPORTED_TRANSACTION_VERSION, invalid } from './errors.mjs';
import { parseInstruction } from './parse-instruction.mjs';
import { optionalInteger } from './params.mjs';

const ENCODINGS = new Set(['json', 'jsonParsed', 'base58', 'base64', 'binary']);

/** @param {Record<string, any>} options */
export function transactionFormat(options) {
  const encoding = options.encoding ?? 'json';
  if (!ENCODINGS.has(encoding)) throw invalid('Invalid params: encoding must be json, jsonParsed, base58 or base64.');
  return {
    encoding: /** @type {string} */ (encoding),
    maxVersion: optionalInteger(options.maxSupportedTransactionVersion, 'maxSupportedTransactionVersion', { max: 255 }),
  };
}

/** @param {import('../ledger/history.mjs').Entry} entry @param {ReturnType<typeof transactionFormat>} format */
export function encodeEntry(entry, { encoding, maxVersion }) {
  const transaction = parseTransaction(entry.wire);
  const version = entry.presentedAs ?? transaction.version;
  if (version !== 'legacy' && (maxVersion === undefined || maxVersion < version)) {
    throw new RpcError(
      UNSUPPORTED_TRANSACTION_VERSION,
      `Transaction version (${version}) is not supported by the requesting client. Please try the request again with the ` +
        `following configuration parameter: "maxSupportedTransactionVersion": ${version}`,
    );
  }
  const wire = entry.presentedAs === undefined ? entry.wire : presented(transaction, entry.presentedAs);
  return {
    transaction: encodeWire({ ...entry, wire }, transaction, encoding),
    meta: encoding === 'jsonParsed' ? parsedMeta(entry, transaction) : entry.meta,
    ...(maxVersion === undefined ? {} : { version }),
  };
}

/** @param {import('../ledger/history.mjs').Entry} entry @param {import('../transactions/parse.mjs').ParsedTransaction} transaction @param {string} encoding */
function encodeWire(entry, transaction, encoding) {
  if (encoding === 'base64') return [entry.wire.toString('base64'), 'base64'];
  if (encoding === 'base58') return [encode(entry.wire), 'base58'];
  if (encoding === 'binary') return encode(entry.wire);
  const signatures = transaction.signatures.map(encode);
  if (encoding === 'accounts') return { signatures, accountKeys: parsedKeys(entry, transaction) };
  return { signatures, message: encoding === 'json' ? rawMessage(transaction) : parsedMessage(entry, transaction) };
}

/** @param {import('../transactions/parse.mjs').ParsedTransaction} transaction */
function rawMessage(transaction) {
  return {
    header: {
      numRequiredSignatures: transaction.required,
      numReadonlySignedAccounts: transaction.readonlySigned,
      numReadonlyUnsignedAccounts: transaction.readonlyUnsigned,
    },
    accountKeys: transaction.keys.map(encode),
    recentBlockhash: transaction.blockhash,
    instructions: transaction.instructions.map(({ programIdIndex, accounts, data }) => ({
      programIdIndex,
      accounts: [...accounts],
      data: encode(data),
      stackHeight: 1,
    })),
    ...addressTableLookups(transaction),
  };
}

/** @param {import('../transactions/parse.mjs').ParsedTransaction} transaction */
function addressTableLookups({ version, lookups }) {
  if (version === 'legacy') return {};
  return {
    addressTableLookups: lookups.map(({ tableKey, writable, readonly }) => ({
      accountKey: encode(tableKey),
      writableIndexes: [...writable],
      readonlyIndexes: [...readonly],
    })),
  };
}

/** @param {import('../ledger/history.mjs').Entry} entry @param {import('../transactions/parse.mjs').ParsedTransaction} transaction */
function allKeys(entry, transaction) {
  return [...transaction.keys.map(encode), ...entry.meta.loadedAddresses.writable, ...entry.meta.loadedAddresses.readonly];
}

/** @param {import('../ledger/history.mjs').Entry} entry @param {import('../transactions/parse.mjs').ParsedTransaction} transaction */
function parsedKeys(entry, transaction) {
  const { loadedAddresses } = entry.meta;
  return [
    ...transaction.keys.map((bytes, index) => ({
      pubkey: encode(bytes),
      signer: index < transaction.required,
      writable: isWritableStatic(transaction, index),
      source: 'transaction',
    })),
    ...loadedAddresses.writable.map((/** @type {string} */ pubkey) => ({ pubkey, signer: false, writable: true, source: 'lookupTable' })),
    ...loadedAddresses.readonly.map((/** @type {string} */ pubkey) => ({ pubkey, signer: false, writable: false, source: 'lookupTable' })),
  ];
}

/** @param {import('../ledger/history.mjs').Entry} entry @param {import('../transactions/parse.mjs').ParsedTransaction} transaction */
function parsedMessage(entry, transaction) {
  const keys = allKeys(entry, transaction);
  return {
    accountKeys: parsedKeys(entry, transaction),
    recentBlockhash: transaction.blockhash,
    instructions: transaction.instructions.map(({ programIdIndex, accounts, data }) =>
      parseInstruction(keys[programIdIndex], [...accounts].map((index) => keys[index]), data, 1),
    ),
    ...addressTableLookups(transaction),
  };
}

/** @param {import('../ledger/history.mjs').Entry} entry @param {import('../transactions/parse.mjs').ParsedTransaction} transaction */
function parsedMeta(entry, transaction) {
  const keys = allKeys(entry, transaction);
  const { loadedAddresses: _, ...meta } = entry.meta;
  return { ...meta, innerInstructions: parsedInner(entry.meta.innerInstructions, keys) };
}

/** @param {any[]} innerInstructions @param {string[]} keys */
export function parsedInner(innerInstructions, keys) {
  return innerInstructions.map(({ index, instructions }) => ({
    index,
    instructions: instructions.map((/** @type {any} */ inner) =>
      parseInstruction(keys[inner.programIdIndex], inner.accounts.map((/** @type {number} */ i) => keys[i]), inner.data, inner.stackHeight),
    ),
  }));
}
