import { decode32 } from '../encoding/base58.mjs';
import { COMPUTE_BUDGET, ED25519, SECP256K1, SECP256R1, SYSTEM } from './programs.mjs';

const LAMPORTS_PER_SIGNATURE = 5000n;
const COMPUTE_UNITS_PER_INSTRUCTION = 200_000n;
const COMPUTE_UNITS_PER_BUILTIN = 3_000n;
const COMPUTE_UNITS_MAX = 1_400_000n;
/** Programs by their bytes: base58 of every key of every transaction costs more than to execute it. @param {string} program */
const named = (program) => /** @type {Buffer} */ (decode32(program)).toString('latin1');
const BUDGET = named(COMPUTE_BUDGET);
const BUILTINS = new Set([
  SYSTEM,
  COMPUTE_BUDGET,
  'Vote111111111111111111111111111111111111111',
  'BPFLoader1111111111111111111111111111111111',
  'BPFLoader2111111111111111111111111111111111',
  'BPFLoaderUpgradeab1e11111111111111111111111',
  'LoaderV411111111111111111111111111111111111',
  ED25519,
  SECP256K1,
].map(named));
const PRECOMPILES = new Set([ED25519, SECP256K1, SECP256R1].map(named));

/**
 * The fee in lamports: 5,000 for each signature (those that precompiles check included) and the priority fee, which is
 * price (micro-lamports per compute unit) times the requested limit, rounded up.
 * @param {Pick<import('./parse.mjs').ParsedTransaction, 'required' | 'keys' | 'instructions'>} message
 */
export function feeOf(message) {
  const { price, limit } = computeBudgetOf(message);
  let signatures = BigInt(message.required);
  for (const { programIdIndex, data } of message.instructions) {
    if (PRECOMPILES.has(message.keys[programIdIndex].toString('latin1'))) signatures += BigInt(data[0] ?? 0);
  }
  return signatures * LAMPORTS_PER_SIGNATURE + (price * limit + 999_999n) / 1_000_000n;
}

/** @param {Pick<import('./parse.mjs').ParsedTransaction, 'keys' | 'instructions'>} message */
export function computeBudgetOf(message) {
  let price = 0n;
  /** @type {bigint | null} */
  let requested = null;
  let defaultLimit = 0n;
  for (const { programIdIndex, data } of message.instructions) {
    const program = message.keys[programIdIndex].toString('latin1');
    defaultLimit += BUILTINS.has(program) ? COMPUTE_UNITS_PER_BUILTIN : COMPUTE_UNITS_PER_INSTRUCTION;
    if (program !== BUDGET) continue;
    if (data[0] === 2 && data.length >= 5) requested = BigInt(data.readUInt32LE(1));
    if (data[0] === 3 && data.length >= 9) price = data.readBigUInt64LE(1);
  }
  const limit = requested ?? defaultLimit;
  return { price, limit: limit > COMPUTE_UNITS_MAX ? COMPUTE_UNITS_MAX : limit };
}
