import { encode } from '../encoding/base58.mjs';

/** Largest wire transaction in bytes: an IPv6 packet (1,280) less its headers. */
export const PACKET_DATA_SIZE = 1232;

export class MalformedTransaction extends Error {}

class Reader {
  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.offset = 0;
  }

  u8() {
    if (this.offset >= this.bytes.length) throw new MalformedTransaction('unexpected end of transaction');
    return this.bytes[this.offset++];
  }

  /** @param {number} length */
  take(length) {
    if (this.offset + length > this.bytes.length) throw new MalformedTransaction('unexpected end of transaction');
    return this.bytes.subarray(this.offset, (this.offset += length));
  }

  /** Solana's compact-u16: one to three bytes, shortest form only. */
  compact() {
    let value = 0;
    for (let i = 0; i < 3; i++) {
      const byte = this.u8();
      value |= (byte & 0x7f) << (7 * i);
      if ((byte & 0x80) === 0) {
        if (byte === 0 && i > 0) throw new MalformedTransaction('compact-u16 is not in its shortest form');
        if (value > 0xffff) throw new MalformedTransaction('compact-u16 is above 65535');
        return value;
      }
    }
    throw new MalformedTransaction('compact-u16 is longer than three bytes');
  }

  /** @param {number} bytesEach how many bytes each entry takes at least, so that a lying count is refused early */
  count(bytesEach) {
    const count = this.compact();
    if (count * bytesEach > this.bytes.length - this.offset) throw new MalformedTransaction('count exceeds the bytes that follow');
    return count;
  }
}

/**
 * @typedef {{ programIdIndex: number, accounts: Buffer, data: Buffer }} CompiledInstruction
 * @typedef {{ tableKey: Buffer, writable: Buffer, readonly: Buffer }} Lookup
 * @typedef {{
 *   wire: Buffer, messageBytes: Buffer, signatures: Buffer[], signature: string, version: 'legacy' | 0,
 *   required: number, readonlySigned: number, readonlyUnsigned: number,
 *   keys: Buffer[], blockhash: string, instructions: CompiledInstruction[], lookups: Lookup[]
 * }} ParsedTransaction
 */

/**
 * Reads and sanitizes a transaction as strictly as a validator does. LiteSVM aborts the whole process on bytes that it cannot
 * decode, so nothing reaches it that has not come through here.
 * @param {Buffer} wire
 * @returns {ParsedTransaction}
 */
export function parseTransaction(wire) {
  if (wire.length > PACKET_DATA_SIZE) {
    throw new MalformedTransaction(`transaction too large: ${wire.length} bytes (max: ${PACKET_DATA_SIZE} bytes)`);
  }
  const reader = new Reader(wire);
  const signatureCount = reader.count(64);
  const signatures = Array.from({ length: signatureCount }, () => reader.take(64));
  const message = parseMessage(reader);
  if (reader.offset !== wire.length) throw new MalformedTransaction('trailing bytes after the message');
  if (signatureCount === 0 || signatureCount !== message.required) {
    throw new MalformedTransaction(`message needs ${message.required} signatures, transaction has ${signatureCount}`);
  }
  return { wire, signatures, signature: encode(signatures[0]), ...message };
}

/** @param {Buffer} bytes a message alone, as getFeeForMessage takes it */
export function parseMessageAlone(bytes) {
  const reader = new Reader(bytes);
  const message = parseMessage(reader);
  if (reader.offset !== bytes.length) throw new MalformedTransaction('trailing bytes after the message');
  return message;
}

/** @param {Reader} reader */
function parseMessage(reader) {
  const start = reader.offset;
  /** @type {'legacy' | 0} */
  let version = 'legacy';
  let required = reader.u8();
  if (required & 0x80) {
    const number = required & 0x7f;
    if (number !== 0) throw new MalformedTransaction(`transaction version ${number} is not supported`);
    version = 0;
    required = reader.u8();
  }
  const readonlySigned = reader.u8();
  const readonlyUnsigned = reader.u8();
  const keyCount = reader.count(32);
  const keys = Array.from({ length: keyCount }, () => reader.take(32));
  const blockhash = encode(reader.take(32));
  const instructionCount = reader.count(3);
  const instructions = Array.from({ length: instructionCount }, () => {
    const programIdIndex = reader.u8();
    const accounts = reader.take(reader.count(1));
    const data = reader.take(reader.count(1));
    return { programIdIndex, accounts, data };
  });
  /** @type {Lookup[]} */
  let lookups = [];
  if (version === 0) {
    const lookupCount = reader.count(34);
    lookups = Array.from({ length: lookupCount }, () => ({
      tableKey: reader.take(32),
      writable: reader.take(reader.count(1)),
      readonly: reader.take(reader.count(1)),
    }));
  }
  const messageBytes = reader.bytes.subarray(start, reader.offset);
  const message = { version, messageBytes, required, readonlySigned, readonlyUnsigned, keys, blockhash, instructions, lookups };
  sanitize(message);
  return message;
}

/** @param {Omit<ParsedTransaction, 'wire' | 'signatures' | 'signature'>} message */
function sanitize(message) {
  const { required, readonlySigned, readonlyUnsigned, keys, instructions, lookups, version } = message;
  if (required === 0) throw new MalformedTransaction('no signer is required');
  if (required + readonlyUnsigned > keys.length) throw new MalformedTransaction('header counts exceed the account keys');
  if (readonlySigned >= required) throw new MalformedTransaction('no writable signer can pay the fee');
  let total = keys.length;
  for (const lookup of lookups) {
    const loaded = lookup.writable.length + lookup.readonly.length;
    if (loaded === 0) throw new MalformedTransaction('a table lookup loads nothing');
    total += loaded;
  }
  if (total > 256) throw new MalformedTransaction('more than 256 accounts');
  for (const { programIdIndex, accounts } of instructions) {
    // A program must be a static key and cannot be the fee payer.
    if (programIdIndex === 0 || programIdIndex >= keys.length) throw new MalformedTransaction('program index is out of range');
    for (const index of accounts) {
      if (index >= (version === 0 ? total : keys.length)) throw new MalformedTransaction('account index is out of range');
    }
  }
}

/**
 * Whether the static key at `index` is asked for as writable by the header.
 * @param {ParsedTransaction} transaction
 * @param {number} index
 */
export function isWritableStatic(transaction, index) {
  const { required, readonlySigned, readonlyUnsigned, keys } = transaction;
  return index < required ? index < required - readonlySigned : index < keys.length - readonlyUnsigned;
}
