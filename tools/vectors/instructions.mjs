import { AddressLookupTableProgram, ComputeBudgetProgram, PublicKey, SystemProgram } from "@solana/web3.js";
import { getSetLoadedAccountsDataSizeLimitInstruction } from "@solana-program/compute-budget";
import { createMemoInstruction } from "@solana/spl-memo";
import { integer, chance, key, text, times, u32, u64 } from "./random.mjs";
import { tokenBuilders } from "./token-instructions.mjs";
import { raydiumBuilders } from "./raydium-instructions.mjs";

// Name of the builder in Clones.Solana -> arguments and what the public client makes of them.
const builders = {
  "System.CreateAccount": () => {
    const a = { payer: key(), newAccount: key(), lamports: u64Int64(), space: u64Int64(), owner: key() };
    return [a, SystemProgram.createAccount({ fromPubkey: a.payer, newAccountPubkey: a.newAccount, lamports: Number(a.lamports), space: Number(a.space), programId: a.owner })];
  },
  "System.Assign": () => {
    const a = { account: key(), owner: key() };
    return [a, SystemProgram.assign({ accountPubkey: a.account, programId: a.owner })];
  },
  "System.Transfer": () => {
    const a = { from: key(), to: key(), lamports: u64() };
    return [a, SystemProgram.transfer({ fromPubkey: a.from, toPubkey: a.to, lamports: a.lamports })];
  },
  "System.CreateAccountWithSeed": (i) => {
    const payer = key();
    const a = { payer, newAccount: key(), baseKey: i % 2 ? payer : key(), seed: `seed ${i}`, lamports: u64Int64(), space: u64Int64(), owner: key() };
    return [a, SystemProgram.createAccountWithSeed({ fromPubkey: payer, newAccountPubkey: a.newAccount, basePubkey: a.baseKey, seed: a.seed, lamports: Number(a.lamports), space: Number(a.space), programId: a.owner })];
  },
  "System.Allocate": () => {
    const a = { account: key(), space: u64Int64() };
    return [a, SystemProgram.allocate({ accountPubkey: a.account, space: Number(a.space) })];
  },
  "System.AllocateWithSeed": (i) => {
    const a = { account: key(), baseKey: key(), seed: `seed ${i}`, space: u64Int64(), owner: key() };
    return [a, SystemProgram.allocate({ accountPubkey: a.account, basePubkey: a.baseKey, seed: a.seed, space: Number(a.space), programId: a.owner })];
  },
  "System.AdvanceNonce": () => {
    const a = { nonce: key(), authority: key() };
    return [a, SystemProgram.nonceAdvance({ noncePubkey: a.nonce, authorizedPubkey: a.authority })];
  },
  "System.WithdrawNonce": () => {
    const a = { nonce: key(), authority: key(), to: key(), lamports: u64Int64() };
    return [a, SystemProgram.nonceWithdraw({ noncePubkey: a.nonce, authorizedPubkey: a.authority, toPubkey: a.to, lamports: Number(a.lamports) })];
  },
  "System.InitializeNonce": () => {
    const a = { nonce: key(), authority: key() };
    return [a, SystemProgram.nonceInitialize({ noncePubkey: a.nonce, authorizedPubkey: a.authority })];
  },
  "System.AuthorizeNonce": () => {
    const a = { nonce: key(), authority: key(), newAuthority: key() };
    return [a, SystemProgram.nonceAuthorize({ noncePubkey: a.nonce, authorizedPubkey: a.authority, newAuthorizedPubkey: a.newAuthority })];
  },
  "ComputeBudget.RequestHeapFrame": () => {
    const a = { bytes: u32() };
    return [a, ComputeBudgetProgram.requestHeapFrame(a)];
  },
  "ComputeBudget.SetComputeUnitLimit": () => {
    const a = { units: u32() };
    return [a, ComputeBudgetProgram.setComputeUnitLimit(a)];
  },
  "ComputeBudget.SetComputeUnitPrice": () => {
    const a = { microLamports: u64() };
    return [a, ComputeBudgetProgram.setComputeUnitPrice(a)];
  },
  "ComputeBudget.SetLoadedAccountsDataSizeLimit": () => {
    const a = { bytes: u32() };
    const made = getSetLoadedAccountsDataSizeLimitInstruction({ accountDataSizeLimit: a.bytes });
    return [a, { programId: new PublicKey(made.programAddress), keys: [], data: made.data }];
  },
  "Memo.Write": (i) => {
    const a = { text: text(), signers: times(i % 3, key) };
    return [a, createMemoInstruction(a.text, a.signers)];
  },
  "LookupTable.Create": () => {
    const a = { authority: key(), payer: key(), recentSlot: u64Int64() };
    return [a, AddressLookupTableProgram.createLookupTable(a)[0]];
  },
  "LookupTable.Freeze": () => {
    const a = { table: key(), authority: key() };
    return [a, AddressLookupTableProgram.freezeLookupTable({ lookupTable: a.table, authority: a.authority })];
  },
  "LookupTable.Extend": () => {
    const a = { table: key(), authority: key(), payer: key(), addresses: times(1 + integer(5), key) };
    return [a, AddressLookupTableProgram.extendLookupTable({ lookupTable: a.table, ...a })];
  },
  "LookupTable.Deactivate": () => {
    const a = { table: key(), authority: key() };
    return [a, AddressLookupTableProgram.deactivateLookupTable({ lookupTable: a.table, authority: a.authority })];
  },
  "LookupTable.Close": () => {
    const a = { table: key(), authority: key(), recipient: key() };
    return [a, AddressLookupTableProgram.closeLookupTable({ lookupTable: a.table, ...a })];
  },
  ...tokenBuilders,
  ...raydiumBuilders,
};

// Where web3.js takes a JavaScript number only.
function u64Int64() {
  return chance(50) ? BigInt(integer(2 ** 47)) : 2n ** 52n + BigInt(integer(1000));
}

export const write = (instruction) => ({
  programId: instruction.programId.toBase58(),
  accounts: instruction.keys.map((k) => [k.pubkey.toBase58(), k.isSigner, k.isWritable]),
  data: Buffer.from(instruction.data).toString("hex"),
});

export function instructions() {
  return Object.entries(builders).flatMap(([builder, make]) =>
    times(builder.startsWith("Raydium") ? 24 : 6, (i) => {
      const [args, instruction] = make(i);
      return { builder, args, ...write(instruction) };
    }),
  );
}
