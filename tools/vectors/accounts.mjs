import * as spl from "@solana/spl-token";
import { pack } from "@solana/spl-token-metadata";
import { NONCE_ACCOUNT_LENGTH, PublicKey } from "@solana/web3.js";
import { bytes, chance, integer, key, pick, text, times, u64 } from "./random.mjs";

const zero = PublicKey.default;
const hex = (data) => Buffer.from(data).toString("hex");

/** A key, and how an option around it is stored. */
function option() {
  const isSome = chance(50);
  const value = isSome ? key() : zero;
  return { option: isSome ? 1 : 0, value, json: isSome ? value : null };
}

export function mints() {
  return times(30, (i) => {
    const [mintAuthority, freezeAuthority] = [option(), option()];
    const fields = { supply: u64(), decimals: integer(9), isInitialized: chance(80) };
    const base = Buffer.alloc(spl.MINT_SIZE);
    spl.MintLayout.encode({ mintAuthorityOption: mintAuthority.option, mintAuthority: mintAuthority.value, ...fields, freezeAuthorityOption: freezeAuthority.option, freezeAuthority: freezeAuthority.value }, base);
    const metadata = i % 3 === 0 ? null : { updateAuthority: chance(70) ? key() : null, mint: key(), name: text(), symbol: text(), uri: text(), additional: times(i % 4, (n) => [`key ${n}`, text()]) };
    return {
      mintAuthority: mintAuthority.json, ...fields, freezeAuthority: freezeAuthority.json, metadata,
      data: hex(metadata ? extended(base, metadata) : base),
    };
  });
}

function extended(base, metadata) {
  const packed = pack({ ...metadata, updateAuthority: metadata.updateAuthority ?? undefined, additionalMetadata: metadata.additional });
  const pointer = Buffer.concat([bytes(32), bytes(32)]);
  const length = spl.getMintLen([spl.ExtensionType.MetadataPointer], { [spl.ExtensionType.TokenMetadata]: packed.length });
  const tlv = (type, value) => {
    const header = Buffer.alloc(4);
    header.writeUInt16LE(type, 0);
    header.writeUInt16LE(value.length, 2);
    return Buffer.concat([header, value]);
  };
  const data = Buffer.concat([
    base, Buffer.alloc(spl.ACCOUNT_SIZE - spl.MINT_SIZE), Buffer.from([spl.AccountType.Mint]),
    tlv(spl.ExtensionType.MetadataPointer, pointer), tlv(spl.ExtensionType.TokenMetadata, Buffer.from(packed)),
  ]);
  return Buffer.concat([data, Buffer.alloc(length - data.length)]);
}

export function tokenAccounts() {
  return times(30, () => {
    const [delegate, closeAuthority] = [option(), option()];
    const native = chance(30) ? u64() : null;
    const fields = { mint: key(), owner: key(), amount: u64(), state: pick([0, 1, 2]), delegatedAmount: u64() };
    const data = Buffer.alloc(spl.ACCOUNT_SIZE);
    spl.AccountLayout.encode({ ...fields, delegateOption: delegate.option, delegate: delegate.value, isNativeOption: native === null ? 0 : 1, isNative: native ?? 0n, closeAuthorityOption: closeAuthority.option, closeAuthority: closeAuthority.value }, data);
    return { ...fields, delegate: delegate.json, nativeRentLamports: native, closeAuthority: closeAuthority.json, data: hex(data) };
  });
}

export function mintSizes() {
  return times(30, () => {
    const a = { name: text(), symbol: text(), uri: text() };
    const packed = pack({ mint: key(), ...a, additionalMetadata: [] });
    const pointer = [spl.ExtensionType.MetadataPointer];
    return { ...a, space: spl.getMintLen(pointer), full: spl.getMintLen(pointer, { [spl.ExtensionType.TokenMetadata]: packed.length }) };
  });
}

export const nonceAccountSize = NONCE_ACCOUNT_LENGTH;
