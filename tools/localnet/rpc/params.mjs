import { decode32, decode64 } from '../encoding/base58.mjs';
import { invalid } from './errors.mjs';

/** @param {unknown} value */
export function pubkey(value) {
  if (typeof value !== 'string') throw invalid('Invalid params: invalid type: expected a string (an address in base58).');
  const bytes = decode32(value);
  if (bytes === null) throw invalid(value.length > 44 || value.length < 32 ? 'Invalid param: WrongSize' : 'Invalid param: Invalid');
  return { key: value, bytes };
}

/** @param {unknown} value */
export function signature(value) {
  if (typeof value !== 'string') throw invalid('Invalid params: invalid type: expected a string (a signature in base58).');
  if (decode64(value) === null) throw invalid(value.length > 88 || value.length < 64 ? 'Invalid param: WrongSize' : 'Invalid param: Invalid');
  return value;
}

/** The optional configuration object. @param {unknown} value @returns {Record<string, any>} */
export function config(value) {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid('Invalid params: expected a configuration object.');
  return value;
}

/** @param {unknown} value @param {import('../ledger/blocks.mjs').Commitment} [absent] @returns {import('../ledger/blocks.mjs').Commitment} */
export function commitment(value, absent = 'finalized') {
  switch (value) {
    case undefined:
    case null:
      return absent;
    case 'processed':
    case 'recent':
      return 'processed';
    case 'confirmed':
    case 'single':
    case 'singleGossip':
      return 'confirmed';
    case 'finalized':
    case 'max':
    case 'root':
      return 'finalized';
    default:
      throw invalid(`Invalid params: unknown variant \`${String(value).slice(0, 40)}\`, expected one of \`processed\`, \`confirmed\`, \`finalized\`.`);
  }
}

/** @param {unknown} value @param {string} name @param {{ min?: number, max?: number }} [range] */
export function integer(value, name, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
    throw invalid(`Invalid params: ${name} must be an integer from ${min} to ${max}.`);
  }
  return value;
}

/** @param {unknown} value @param {string} name @param {{ min?: number, max?: number }} [range] */
export function optionalInteger(value, name, range) {
  return value === undefined || value === null ? undefined : integer(value, name, range);
}

/** @param {unknown} value @param {string} name */
export function optionalBoolean(value, name) {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw invalid(`Invalid params: ${name} must be a boolean.`);
  return value;
}

/** @param {unknown} value @param {string} name @param {number} max */
export function array(value, name, max) {
  if (!Array.isArray(value)) throw invalid(`Invalid params: ${name} must be an array.`);
  if (value.length > max) throw invalid(`Too many inputs provided; max ${max}`);
  return value;
}
