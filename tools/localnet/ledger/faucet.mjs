import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { decode32, encode } from '../encoding/base58.mjs';
import { COMPUTE_BUDGET_BYTES, SYSTEM_BYTES } from '../transactions/programs.mjs';

// The fixed ASN.1 prefix of an ed25519 private key in PKCS#8; the 32-byte seed follows.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Pays airdrops with ordinary transfers. LiteSVM's own airdrop repeats signatures. */
export class Faucet {
  #key;
  #count = 0;

  /** @param {Buffer} seed 32 bytes */
  constructor(seed) {
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    this.publicKey = createPublicKey(this.#key).export({ format: 'der', type: 'spki' }).subarray(-32);
    this.address = encode(this.publicKey);
  }

  /**
   * A signed transfer. Two airdrops of the same amount to the same account under one blockhash would be one transaction, so the
   * compute unit limit counts upwards to tell them apart.
   * @param {Buffer} recipient @param {bigint} lamports @param {string} blockhash
   */
  transfer(recipient, lamports, blockhash) {
    this.#count = (this.#count + 1) % 1_000_000;
    const limit = Buffer.alloc(5, 2);
    limit.writeUInt32LE(10_000 + this.#count, 1);
    const transfer = Buffer.alloc(12);
    transfer.writeUInt32LE(2, 0);
    transfer.writeBigUInt64LE(lamports, 4);
    const toSelf = recipient.equals(this.publicKey);
    const keys = toSelf ? [this.publicKey] : [this.publicKey, recipient];
    // The System Program itself cannot be paid, but asking must not produce a message that lists it twice.
    const system = recipient.equals(SYSTEM_BYTES) ? [] : [SYSTEM_BYTES];
    const budget = recipient.equals(COMPUTE_BUDGET_BYTES) ? [] : [COMPUTE_BUDGET_BYTES];
    const all = [...keys, ...system, ...budget];
    const indexOf = (/** @type {Buffer} */ key) => all.findIndex((other) => other.equals(key));
    const message = Buffer.concat([
      Buffer.from([1, 0, system.length + budget.length, all.length]),
      ...all,
      /** @type {Buffer} */ (decode32(blockhash)),
      Buffer.from([2, indexOf(COMPUTE_BUDGET_BYTES), 0, limit.length]),
      limit,
      Buffer.from([indexOf(SYSTEM_BYTES), 2, 0, indexOf(recipient), transfer.length]),
      transfer,
    ]);
    return Buffer.concat([Buffer.from([1]), sign(null, message, this.#key), message]);
  }
}
