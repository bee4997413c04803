import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { decode32, encode } from '../encoding/base58.mjs';
import { MalformedTransaction } from '../transactions/parse.mjs';
import { SYSTEM_BYTES } from '../transactions/programs.mjs';
import { Accounts } from './accounts.mjs';
import { Blocks, SLOTS_PER_EPOCH } from './blocks.mjs';
import { execute } from './execution.mjs';
import { Faucet } from './faucet.mjs';
import { History } from './history.mjs';
import { AccountView, Vm } from './vm.mjs';

/** Lamports that the faucet holds at genesis: 500 million SOL. */
export const FAUCET_LAMPORTS = 500_000_000n * 1_000_000_000n;

/**
 * The chain: one VM, its blocks, accounts as of recent slots and the history.
 * Emits `slot` (after a block was opened), `transaction` (Entry, Written[]) and `rollback` (keys of changed accounts).
 */
export class Ledger extends EventEmitter {
  vm = new Vm();
  accounts = new Accounts(this.vm);
  history = new History();
  feesBurnt = 0n;
  /** Programs and accounts that were placed from outside; a restart on the same ledger does not place them again. @type {Set<string>} */
  placed = new Set();
  #slotOfVm = -1;
  /** Milliseconds by which warps have moved the chain's clock ahead of the machine's. */
  #clockAheadMs = 0;

  /**
   * @param {{ genesis?: import('./journal.mjs').Genesis, journal?: import('./journal.mjs').Journal | null, now?: () => number }} [options]
   */
  constructor({ genesis = newGenesis(), journal = null, now = Date.now } = {}) {
    super();
    this.setMaxListeners(0);
    this.genesis = genesis;
    this.journal = journal;
    this.now = now;
    this.blocks = new Blocks(genesis.hash, genesis.time);
    this.faucet = new Faucet(Buffer.from(genesis.faucetSeed, 'base64'));
    this.placeAccount(this.faucet.address, AccountView.of(FAUCET_LAMPORTS, new Uint8Array(0), SYSTEM_BYTES, false, 0n));
  }

  get tip() {
    return this.blocks.tip;
  }

  #unixTime() {
    return Math.max(this.tip.time, Math.floor((this.now() + this.#clockAheadMs) / 1000));
  }

  /** Brings the VM's clock and sysvars to the open slot; idle slots never pay for it. */
  enterSlot() {
    if (this.#slotOfVm === this.tip.slot) return;
    this.#slotOfVm = this.tip.slot;
    this.vm.enterSlot(this.tip.slot, this.tip.time, Math.floor(this.tip.slot / SLOTS_PER_EPOCH), this.blocks.slotHashes());
  }

  /** Closes the open block and opens the next. */
  advance() {
    const { tip } = this;
    const hash = createHash('sha256').update(tip.parentHash).update(String(tip.slot));
    for (const { signature } of tip.transactions) hash.update(signature);
    // A block that follows a rollback must not repeat the hash of the one that it replaces.
    this.openBlock(encode(hash.update(randomBytes(8)).digest()), tip.slot + 1, this.#unixTime());
    this.journal?.slot(tip.hash, this.tip.slot, this.tip.time);
    this.emit('slot', this.tip);
  }

  /** @param {string} hash @param {number} slot @param {number} time */
  openBlock(hash, slot, time) {
    this.blocks.advance(hash, slot, time);
    this.accounts.forgetLongBefore(this.blocks.root);
  }

  /** Advances at once by `slots`, the clock with them. @param {number} slots @param {number} slotMs */
  warp(slots, slotMs) {
    for (let i = 0; i < slots; i++) {
      this.#clockAheadMs += slotMs;
      this.advance();
    }
  }

  /**
   * Tries to land a transaction in the open block.
   * @param {import('../transactions/parse.mjs').ParsedTransaction} transaction
   * @param {{ ignoreAge?: boolean }} [options]
   * @returns {{ refused: any }}
   */
  land(transaction, options) {
    const result = execute(this, transaction, options);
    if (result.refused !== null) return result;
    this.#record(result.entry);
    this.journal?.transaction(result.entry, result.written);
    this.emit('transaction', result.entry, result.written);
    return { refused: null };
  }

  /** @param {import('./history.mjs').Entry} entry */
  #record(entry) {
    this.feesBurnt += BigInt(entry.meta.fee);
    this.history.add(entry);
    this.blocks.bySlot.get(entry.slot)?.transactions.push(entry);
  }

  /** Puts back what the journal holds of a landed transaction. @param {import('./history.mjs').Entry} entry @param {import('./execution.mjs').Written[]} written */
  replayTransaction(entry, written) {
    for (const { key, view } of written) this.accounts.overwrite(key, entry.slot, view);
    this.#record(entry);
  }

  /** Places an account past the rules of the VM (genesis, clones). @param {string} key @param {AccountView} view */
  placeAccount(key, view) {
    this.accounts.overwrite(key, this.tip.slot, view);
    this.placed.add(key);
    this.journal?.account(key, view);
  }

  /** Loads a program. @param {string} key @param {Buffer} elf bytes that begin as an ELF file does */
  placeProgram(key, elf) {
    this.vm.addProgram(/** @type {Buffer} */ (decode32(key)), elf);
    this.accounts.forgetPrograms();
    this.placed.add(key);
    this.journal?.program(key, elf);
  }

  /** While finality is stalled blocks are made and confirmed but none is finalized. @param {boolean} stalled */
  stallFinality(stalled) {
    this.blocks.finalityStalled = stalled;
    this.journal?.finalityStalled(stalled);
  }

  /**
   * Abandons every block after `slot` (which must not lie below the finalized one): their transactions, writes and blockhashes never were.
   * @param {number} slot a slot that has a block
   * @param {number} [time] unix seconds of the block that is opened then; the journal knows it
   * @returns {import('./history.mjs').Entry[]} what the abandoned blocks held, oldest first
   */
  rollBackTo(slot, time = this.#unixTime()) {
    if (slot < this.blocks.root || slot >= this.tip.slot || !this.blocks.bySlot.has(slot)) {
      throw new RangeError(`cannot roll back to slot ${slot}: finalized is ${this.blocks.root}, the tip ${this.tip.slot}`);
    }
    /** @type {import('./history.mjs').Entry[]} */
    const undone = [];
    for (let s = slot + 1; s <= this.tip.slot; s++) undone.push(...(this.blocks.bySlot.get(s)?.transactions ?? []));
    this.history.remove([...undone].reverse());
    for (const entry of undone) this.feesBurnt -= BigInt(entry.meta.fee);
    const changed = this.accounts.rollBackTo(slot);
    this.blocks.rollBackTo(slot, time);
    this.#slotOfVm = -1;
    this.journal?.rollback(slot, this.tip.time);
    this.emit('rollback', changed);
    return undone;
  }
}

/** @returns {import('./journal.mjs').Genesis} */
export function newGenesis() {
  return {
    hash: encode(randomBytes(32)),
    identity: encode(randomBytes(32)),
    faucetSeed: randomBytes(32).toString('base64'),
    time: Math.floor(Date.now() / 1000),
  };
}

export { MalformedTransaction };
