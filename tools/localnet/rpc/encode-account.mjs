import { encode } from '../encoding/base58.mjs';
import { mintOf, tokenAccountOf, uiAmount } from '../ledger/token-balances.mjs';
import { TOKEN } from '../transactions/programs.mjs';
import { INVALID_REQUEST, RpcError, invalid } from './errors.mjs';
import { config, integer } from './params.mjs';

const BASE58_MAX_BYTES = 128;
const ENCODINGS = new Set(['binary', 'base58', 'base64', 'base64+zstd', 'jsonParsed']);

/** @typedef {import('../ledger/vm.mjs').AccountView} AccountView */

/** Reads and checks `encoding` and `dataSlice`. @param {Record<string, any>} options @param {string} [absent] */
export function accountFormat(options, absent = 'binary') {
  const encoding = options.encoding ?? absent;
  if (!ENCODINGS.has(encoding)) throw invalid('Invalid params: encoding must be base58, base64 or jsonParsed.');
  if (encoding === 'base64+zstd') throw invalid('Invalid params: base64+zstd is not served by this cluster; ask for base64.');
  let slice = null;
  if (options.dataSlice !== undefined && options.dataSlice !== null) {
    const { offset, length } = config(options.dataSlice);
    slice = { offset: integer(offset, 'dataSlice.offset'), length: integer(length, 'dataSlice.length') };
  }
  return { encoding: /** @type {string} */ (encoding), slice };
}

/**
 * @param {AccountView} view @param {ReturnType<typeof accountFormat>} format
 * @param {(key: string) => AccountView | null} read reads at the same slot
 */
export function encodeAccount(view, { encoding, slice }, read) {
  return {
    lamports: view.lamports,
    data: encodeData(view, encoding, slice, read),
    owner: view.owner,
    executable: view.executable,
    rentEpoch: view.rentEpoch,
    space: view.data.length,
  };
}

/** @param {AccountView} view @param {string} encoding @param {{ offset: number, length: number } | null} slice @param {(key: string) => AccountView | null} read */
function encodeData(view, encoding, slice, read) {
  if (encoding === 'jsonParsed') {
    const parsed = parsedData(view, read);
    if (parsed !== null) return parsed;
    encoding = 'base64';
  }
  const data = slice === null ? view.data : view.data.subarray(slice.offset, slice.offset + slice.length);
  if (encoding === 'base64') return [data.toString('base64'), 'base64'];
  if (data.length > BASE58_MAX_BYTES) {
    throw new RpcError(INVALID_REQUEST, `Encoded binary (base 58) data should be less than ${BASE58_MAX_BYTES} bytes, please use Base64 encoding.`);
  }
  return encoding === 'base58' ? [encode(data), 'base58'] : encode(data);
}

/** @param {AccountView} view @param {(key: string) => AccountView | null} read */
function parsedData(view, read) {
  const program = view.owner === TOKEN ? 'spl-token' : 'spl-token-2022';
  const mint = mintOf(view);
  if (mint !== null) {
    const info = { ...mint, supply: mint.supply.toString(), isInitialized: true };
    return { program, parsed: { type: 'mint', info }, space: view.data.length };
  }
  const account = tokenAccountOf(view);
  if (account === null) return null;
  const decimals = mintOf(read(account.mint))?.decimals;
  if (decimals === undefined) return null;
  const info = {
    mint: account.mint,
    owner: account.owner,
    state: account.state,
    isNative: account.nativeReserve !== null,
    tokenAmount: uiAmount(account.amount, decimals),
    ...(account.delegate && { delegate: account.delegate, delegatedAmount: uiAmount(account.delegatedAmount, decimals) }),
    ...(account.nativeReserve !== null && { rentExemptReserve: uiAmount(account.nativeReserve, decimals) }),
    ...(account.closeAuthority && { closeAuthority: account.closeAuthority }),
  };
  return { program, parsed: { type: 'account', info }, space: view.data.length };
}
