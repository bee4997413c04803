import { encode } from '../encoding/base58.mjs';
import { TOKEN, TOKEN_2022 } from '../transactions/programs.mjs';

/** @param {import('./vm.mjs').AccountView | null} view */
export function isTokenProgramAccount(view) {
  return view !== null && (view.owner === TOKEN || view.owner === TOKEN_2022);
}

/** The fields of an initialized token account, or null. @param {import('./vm.mjs').AccountView | null} view */
export function tokenAccountOf(view) {
  if (view === null || !isTokenProgramAccount(view)) return null;
  const { data } = view;
  // Token-2022 puts the account type behind the 165 bytes that both programs share.
  if (data.length < 165 || (data.length > 165 && data[165] !== 2) || data.length === 355 || data[108] === 0) return null;
  return {
    mint: encode(data.subarray(0, 32)),
    owner: encode(data.subarray(32, 64)),
    amount: data.readBigUInt64LE(64),
    delegate: data.readUInt32LE(72) === 1 ? encode(data.subarray(76, 108)) : null,
    state: data[108] === 2 ? 'frozen' : 'initialized',
    nativeReserve: data.readUInt32LE(109) === 1 ? data.readBigUInt64LE(113) : null,
    delegatedAmount: data.readBigUInt64LE(121),
    closeAuthority: data.readUInt32LE(129) === 1 ? encode(data.subarray(133, 165)) : null,
    program: view.owner,
  };
}

/** The fields of an initialized mint, or null. @param {import('./vm.mjs').AccountView | null} view */
export function mintOf(view) {
  if (view === null || !isTokenProgramAccount(view)) return null;
  const { data } = view;
  if (!(data.length === 82 || (data.length > 165 && data[165] === 1)) || data[45] !== 1) return null;
  return {
    mintAuthority: data.readUInt32LE(0) === 1 ? encode(data.subarray(4, 36)) : null,
    supply: data.readBigUInt64LE(36),
    decimals: data[44],
    freezeAuthority: data.readUInt32LE(46) === 1 ? encode(data.subarray(50, 82)) : null,
  };
}

/** @param {bigint} amount @param {number} decimals */
export function uiAmount(amount, decimals) {
  const digits = amount.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return { amount: amount.toString(), decimals, uiAmount: Number(text), uiAmountString: text };
}
