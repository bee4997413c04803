import {
  AddressLookupTableAccount, Keypair, PublicKey, Transaction, TransactionInstruction, TransactionMessage, VersionedTransaction,
} from "@solana/web3.js";
import * as kit from "@solana/kit";
import bs58 from "bs58";
import { write } from "./instructions.mjs";
import { bytes, chance, integer, key, pick, times } from "./random.mjs";

const base64 = (data) => Buffer.from(data).toString("base64");
const PACKET = 1232;

/** Accounts drawn from small sets, so that they repeat with other privileges. */
function scene() {
  const seeds = times(1 + integer(3), () => bytes(32));
  const signers = seeds.map((seed) => Keypair.fromSeed(seed));
  const [others, programs] = [times(10, key), times(3, key)];
  const account = () => {
    if (chance(5)) return { pubkey: pick(programs), isSigner: false, isWritable: false };
    const isSigner = chance(30);
    return { pubkey: isSigner ? pick(signers).publicKey : pick([...others, signers[0].publicKey]), isSigner, isWritable: chance(50) };
  };
  const instructions = times(1 + integer(4), () =>
    new TransactionInstruction({ programId: pick(programs), keys: times(integer(8), account), data: bytes(pick([0, 1, 9, 127, 128, 200])) }));
  return { seeds, signers, others, instructions, blockhash: bs58.encode(bytes(32)) };
}

function tablesFor(others) {
  return times(integer(3), () => ({ key: key(), addresses: times(1 + integer(12), () => (chance(60) ? pick(others) : key())) }));
}

function compileWithKit(version, payer, blockhash, instructions, tables) {
  const role = (k) => (k.isSigner ? 2 : 0) + (k.isWritable ? 1 : 0);
  let message = kit.setTransactionMessageFeePayer(payer.toBase58(), kit.createTransactionMessage({ version }));
  message = kit.setTransactionMessageLifetimeUsingBlockhash({ blockhash, lastValidBlockHeight: 0n }, message);
  message = kit.appendTransactionMessageInstructions(
    instructions.map((i) => ({
      programAddress: i.programId.toBase58(),
      accounts: i.keys.map((k) => ({ address: k.pubkey.toBase58(), role: role(k) })),
      data: new Uint8Array(i.data),
    })),
    message,
  );
  if (tables.length > 0) {
    const byTable = Object.fromEntries(tables.map((t) => [t.key.toBase58(), t.addresses.map((a) => a.toBase58())]));
    message = kit.compressTransactionMessageUsingAddressLookupTables(message, byTable);
  }
  return kit.getCompiledTransactionMessageEncoder().encode(kit.compileTransactionMessage(message));
}

function vector(version) {
  const { seeds, signers, others, instructions, blockhash } = scene();
  const payer = signers[0].publicKey;
  const tables = version === 0 ? tablesFor(others) : [];
  const source = new TransactionMessage({ payerKey: payer, recentBlockhash: blockhash, instructions });
  const accounts = tables.map((t) => new AddressLookupTableAccount({ key: t.key, state: { addresses: t.addresses, deactivationSlot: 2n ** 64n - 1n, lastExtendedSlot: 0, lastExtendedSlotStartIndex: 0 } }));
  const message = version === 0 ? source.compileToV0Message(accounts) : source.compileToLegacyMessage();
  const required = message.staticAccountKeys.slice(0, message.header.numRequiredSignatures).map(String);
  const signing = signers.filter((s) => required.includes(s.publicKey.toBase58()));
  const transaction = new VersionedTransaction(message);
  transaction.sign(signing);
  const wire = transaction.serialize();
  if (wire.length > PACKET) return null;

  const made = {
    version: version === 0 ? "v0" : "legacy",
    payer: payer.toBase58(),
    blockhash,
    instructions: instructions.map(write),
    tables: tables.map((t) => ({ key: t.key.toBase58(), addresses: t.addresses.map(String) })),
    signerSeeds: signing.map((s) => seeds[signers.indexOf(s)].toString("hex")),
    message: base64(message.serialize()),
    transaction: base64(wire),
    kit: base64(compileWithKit(version === 0 ? 0 : "legacy", payer, blockhash, instructions, tables)),
  };
  if (version !== 0) {
    // The older class of web3.js sorts accounts by locale: other bytes, same meaning.
    const old = new Transaction({ feePayer: payer, recentBlockhash: blockhash });
    old.add(...instructions);
    made.sorted = base64(old.compileMessage().serialize());
  }
  return made;
}

export function messages() {
  const made = [];
  for (let i = 0; made.length < 140; i++) {
    const next = vector(i % 2 === 0 ? "legacy" : 0);
    if (next) made.push(next);
  }
  return made;
}
