const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

// Five base58 digits fit a limb below 2^30, so every product stays an exact double.
const LIMB = 58 ** 5;

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  /** @type {number[]} */
  const limbs = [];
  for (let i = zeros; i < bytes.length; i++) {
    let carry = bytes[i];
    for (let j = 0; j < limbs.length; j++) {
      const value = limbs[j] * 256 + carry;
      carry = Math.floor(value / LIMB);
      limbs[j] = value - carry * LIMB;
    }
    if (carry > 0) limbs.push(carry);
  }
  let digits = '';
  for (let j = limbs.length - 1; j >= 0; j--) {
    let limb = limbs[j];
    let part = '';
    for (let k = 0; k < 5; k++) {
      part = ALPHABET[limb % 58] + part;
      limb = Math.floor(limb / 58);
    }
    digits += part;
  }
  let start = 0;
  while (start < digits.length && digits[start] === '1') start++;
  return '1'.repeat(zeros) + digits.slice(start);
}

/**
 * Decodes base58, or answers null for anything that is not base58.
 * The work grows with the square of the length, so `maxLength` must be given by the caller.
 * @param {unknown} text
 * @param {number} maxLength longest text that is looked at, in characters
 * @returns {Buffer | null}
 */
export function decode(text, maxLength) {
  if (typeof text !== 'string' || text.length > maxLength) return null;
  let zeros = 0;
  while (zeros < text.length && text[zeros] === '1') zeros++;
  /** @type {number[]} */
  const limbs = []; // little endian, 24 bits each
  for (let i = zeros; i < text.length; i++) {
    const code = text.charCodeAt(i);
    let carry = code < 128 ? VALUES[code] : -1;
    if (carry < 0) return null;
    for (let j = 0; j < limbs.length; j++) {
      const value = limbs[j] * 58 + carry;
      limbs[j] = value & 0xffffff;
      carry = value >>> 24;
    }
    if (carry > 0) limbs.push(carry);
  }
  const bytes = [];
  for (let j = limbs.length - 1; j >= 0; j--) bytes.push(limbs[j] >>> 16, (limbs[j] >>> 8) & 0xff, limbs[j] & 0xff);
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(bytes.slice(start))]);
}

/** A 32-byte key or hash from base58, or null. @param {unknown} text */
export function decode32(text) {
  const bytes = decode(text, 44);
  return bytes?.length === 32 ? bytes : null;
}

/** A 64-byte signature from base58, or null. @param {unknown} text */
export function decode64(text) {
  const bytes = decode(text, 88);
  return bytes?.length === 64 ? bytes : null;
}
