import { createHash } from "node:crypto";
import { Keypair, PublicKey } from "@solana/web3.js";

// Every number comes out of one seed, so that a second run writes the same file.
let counter = 0n;
let pool = Buffer.alloc(0);

export function bytes(count) {
  while (pool.length < count) {
    const block = createHash("sha256").update(`clones vectors ${counter++}`).digest();
    pool = Buffer.concat([pool, block]);
  }
  const taken = pool.subarray(0, count);
  pool = pool.subarray(count);
  return Buffer.from(taken);
}

export const integer = (max) => bytes(6).readUIntLE(0, 6) % (max + 1);
export const chance = (percent) => integer(99) < percent;
export const pick = (list) => list[integer(list.length - 1)];
export const key = () => new PublicKey(bytes(32));
export const keypair = () => Keypair.fromSeed(bytes(32));
export const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));

/** Half of them at the edges, where encodings go wrong. */
export function u64() {
  const edges = [0n, 1n, 255n, 256n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];
  return chance(50) ? pick(edges) : bytes(8).readBigUInt64LE();
}

export function u32() {
  return chance(30) ? pick([0, 1, 255, 65_536, 2 ** 32 - 1]) : bytes(4).readUInt32LE();
}

const texts = ["", "a", "Clone Agent", "CLONE", "naïve café", "日本語のトークン", "🚀 moon", "https://example.org/metadata.json", "x".repeat(200)];
export const text = () => pick(texts);
