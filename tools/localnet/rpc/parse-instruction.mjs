import { decode, encode } from '../encoding/base58.mjs';
import { ASSOCIATED_TOKEN, MEMO_V1, MEMO_V2, SYSTEM, TOKEN, TOKEN_2022 } from '../transactions/programs.mjs';

/**
 * An instruction as jsonParsed shows it. The transfers, creations and memos of the common programs are taken apart; everything
 * else is shown partially decoded, which the protocol allows for any program that a node does not know.
 * @param {string} programId @param {string[]} accounts @param {Uint8Array | string} data bytes or base58 @param {number} stackHeight
 */
export function parseInstruction(programId, accounts, data, stackHeight) {
  const bytes = typeof data === 'string' ? (decode(data, 20_000) ?? Buffer.alloc(0)) : Buffer.from(data);
  const parsed = parse(programId, accounts, bytes);
  if (parsed !== null) return { ...parsed, programId, stackHeight };
  return { programId, accounts, data: typeof data === 'string' ? data : encode(bytes), stackHeight };
}

/** @param {string} programId @param {string[]} accounts @param {Buffer} data */
function parse(programId, accounts, data) {
  if (programId === MEMO_V1 || programId === MEMO_V2) return { program: 'spl-memo', parsed: data.toString('utf8') };
  if (programId === SYSTEM) return system(accounts, data);
  if (programId === ASSOCIATED_TOKEN) return associatedToken(accounts, data);
  if (programId === TOKEN || programId === TOKEN_2022) return token(programId === TOKEN ? 'spl-token' : 'spl-token-2022', accounts, data);
  return null;
}

/** @param {string[]} accounts @param {Buffer} data */
function system([first, second], data) {
  if (data.length === 12 && data.readUInt32LE(0) === 2 && second) {
    const info = { source: first, destination: second, lamports: data.readBigUInt64LE(4) };
    return { program: 'system', parsed: { type: 'transfer', info } };
  }
  if (data.length === 52 && data.readUInt32LE(0) === 0 && second) {
    const info = {
      source: first,
      newAccount: second,
      lamports: data.readBigUInt64LE(4),
      space: data.readBigUInt64LE(12),
      owner: encode(data.subarray(20, 52)),
    };
    return { program: 'system', parsed: { type: 'createAccount', info } };
  }
  return null;
}

/** @param {string[]} accounts @param {Buffer} data */
function associatedToken([source, account, wallet, mint, systemProgram, tokenProgram], data) {
  const kind = data.length === 0 || data[0] === 0 ? 'create' : data[0] === 1 ? 'createIdempotent' : null;
  if (kind === null || !tokenProgram) return null;
  return { program: 'spl-associated-token-account', parsed: { type: kind, info: { source, account, wallet, mint, systemProgram, tokenProgram } } };
}

/** @param {string} program @param {string[]} accounts @param {Buffer} data */
function token(program, accounts, data) {
  const amount = data.length >= 9 ? data.readBigUInt64LE(1) : 0n;
  if (data[0] === 3 && data.length === 9 && accounts.length === 3) {
    const [source, destination, authority] = accounts;
    return { program, parsed: { type: 'transfer', info: { source, destination, amount: amount.toString(), authority } } };
  }
  if (data[0] === 12 && data.length === 10 && accounts.length === 4) {
    const [source, mint, destination, authority] = accounts;
    const tokenAmount = { amount: amount.toString(), decimals: data[9] };
    return { program, parsed: { type: 'transferChecked', info: { source, mint, destination, tokenAmount, authority } } };
  }
  if (data[0] === 7 && data.length === 9 && accounts.length === 3) {
    const [mint, account, mintAuthority] = accounts;
    return { program, parsed: { type: 'mintTo', info: { mint, account, amount: amount.toString(), mintAuthority } } };
  }
  return null;
}
