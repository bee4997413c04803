import bs58 from "bs58";
import { createAddressWithSeed, getAddressEncoder, getBase58Encoder, getProgramDerivedAddress, isOffCurveAddress } from "@solana/kit";
import { ed25519 } from "@noble/curves/ed25519";
import { getAssociatedTokenAddressSync, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID } from "@solana/spl-token";
import { PublicKey } from "@solana/web3.js";
import { bytes, integer, key, keypair, pick, times } from "./random.mjs";

const hex = (data) => Buffer.from(data).toString("hex");

function agree(a, b, what) {
  if (String(a) !== String(b)) throw new Error(`web3.js and kit disagree on ${what}: ${a} / ${b}`);
  return a;
}

export function base58() {
  return times(80, (i) => {
    const zeros = i % 5 === 0 ? integer(8) : 0;
    const data = Buffer.concat([Buffer.alloc(zeros), bytes([0, 1, 2, 20, 32, 33, 64, 200][i % 8])]);
    const text = bs58.encode(data);
    agree(hex(getBase58Encoder().encode(text)), hex(data), "base58");
    return { hex: hex(data), text };
  });
}

export function onCurve() {
  const keys = [
    ...times(60, () => bytes(32)),
    ...times(30, () => keypair().publicKey.toBuffer()),
    ...times(10, (i) => Buffer.from(ed25519.ExtendedPoint.BASE.multiply(BigInt(i + 1)).toRawBytes())),
    // Every point of small order: on the curve for the chain, although nobody holds such a key.
    ...[
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ].map((h) => Buffer.from(h, "hex")),
  ];
  return keys.map((k) => {
    const address = new PublicKey(k);
    const isOnCurve = PublicKey.isOnCurve(k);
    agree(isOnCurve, !isOffCurveAddress(address.toBase58()), `the curve for ${address}`);
    return { address: address.toBase58(), hex: hex(k), isOnCurve };
  });
}

export async function programAddresses() {
  const vectors = [];
  for (let i = 0; i < 100; i++) {
    const programId = i % 3 === 0 ? TOKEN_PROGRAM_ID : key();
    const seeds = times(i % 16, () => bytes(pick([0, 1, 8, 31, 32])));
    const [address, bump] = PublicKey.findProgramAddressSync(seeds, programId);
    agree(address, (await getProgramDerivedAddress({ programAddress: programId.toBase58(), seeds }))[0], "a program address");
    vectors.push({ programId: programId.toBase58(), seeds: seeds.map(hex), address: address.toBase58(), bump });
  }
  return vectors;
}

export async function addressesWithSeed() {
  const vectors = [];
  for (const seed of ["", "a", "stake:0", "x".repeat(32), "日本語", ...times(15, (i) => `seed ${i}`)]) {
    const [base, owner] = [key(), key()];
    const address = await PublicKey.createWithSeed(base, seed, owner);
    const kit = await createAddressWithSeed({ baseAddress: base.toBase58(), programAddress: owner.toBase58(), seed });
    vectors.push({ base: base.toBase58(), seed, owner: owner.toBase58(), address: agree(address, kit, "an address with seed").toBase58() });
  }
  return vectors;
}

export async function associatedAccounts() {
  const vectors = [];
  for (let i = 0; i < 60; i++) {
    const [owner, mint, program] = [keypair().publicKey, key(), i % 2 ? TOKEN_2022_PROGRAM_ID : TOKEN_PROGRAM_ID];
    const address = getAssociatedTokenAddressSync(mint, owner, true, program);
    const seeds = [owner, program, mint].map((k) => getAddressEncoder().encode(k.toBase58()));
    const [kit] = await getProgramDerivedAddress({ programAddress: "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL", seeds });
    agree(address, kit, "an associated account");
    vectors.push({ owner: owner.toBase58(), mint: mint.toBase58(), tokenProgram: program.toBase58(), address: address.toBase58() });
  }
  return vectors;
}
