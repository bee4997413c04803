import fs from 'node:fs';
import path from 'node:path';
import { decode32 } from '../encoding/base58.mjs';
import { entryOf } from './execution.mjs';
import { Ledger, newGenesis } from './ledger.mjs';
import { AccountView } from './vm.mjs';
import { parseTransaction } from '../transactions/parse.mjs';

/** @typedef {{ hash: string, identity: string, faucetSeed: string, time: number }} Genesis */

/**
 * The ledger on disk: one line of JSON for every block, transaction, placed account and rollback, written before the answer
 * leaves. It survives the death of the process, not of the machine: nothing is fsynced. A line that was cut off is dropped.
 */
export class Journal {
  #fd;

  /** @param {string} file */
  constructor(file) {
    this.#fd = fs.openSync(file, 'a');
  }

  /** @param {any[]} record */
  #append(record) {
    // One write per record: a crash leaves at most one cut line, at the end.
    fs.writeSync(this.#fd, `${JSON.stringify(record, exactly)}\n`);
  }

  /** @param {Genesis} genesis */
  genesis(genesis) {
    this.#append(['genesis', genesis]);
  }

  /** @param {string} hash of the closed block @param {number} slot of the opened one @param {number} time */
  slot(hash, slot, time) {
    this.#append(['slot', hash, slot, time]);
  }

  /** @param {import('./history.mjs').Entry} entry @param {import('./execution.mjs').Written[]} written */
  transaction(entry, written) {
    const { wire, slot, keys, meta } = entry;
    this.#append(['tx', slot, wire.toString('base64'), keys, meta, written.map(({ key, view }) => [key, packed(view)])]);
  }

  /** @param {string} key @param {AccountView} view */
  account(key, view) {
    this.#append(['account', key, packed(view)]);
  }

  /** @param {string} key @param {Buffer} elf */
  program(key, elf) {
    this.#append(['program', key, elf.toString('base64')]);
  }

  /** @param {number} slot @param {number} time */
  rollback(slot, time) {
    this.#append(['rollback', slot, time]);
  }

  /** @param {boolean} stalled */
  finalityStalled(stalled) {
    this.#append(['stall', stalled]);
  }

  close() {
    fs.fsyncSync(this.#fd);
    fs.closeSync(this.#fd);
  }
}

/** @param {string} _key @param {any} value */
function exactly(_key, value) {
  return typeof value === 'bigint' ? { $u64: value.toString() } : value;
}

/** @param {string} _key @param {any} value */
function revive(_key, value) {
  return value !== null && typeof value === 'object' && typeof value.$u64 === 'string' ? BigInt(value.$u64) : value;
}

/** @param {AccountView | null} view */
function packed(view) {
  return view && [view.lamports, view.data.toString('base64'), view.owner, view.executable, view.rentEpoch];
}

/** @param {any} fields */
function unpacked(fields) {
  if (fields === null) return null;
  const [lamports, data, owner, executable, rentEpoch] = fields;
  return AccountView.of(lamports, Buffer.from(data, 'base64'), /** @type {Buffer} */ (decode32(owner)), executable, rentEpoch);
}

/**
 * Opens the ledger in `directory`, or begins one there. One process at a time: a second one is refused.
 * @param {string} directory
 */
export function openLedger(directory) {
  fs.mkdirSync(directory, { recursive: true });
  const file = path.join(directory, 'ledger.jsonl');
  const exists = fs.existsSync(file) && fs.statSync(file).size > 0;
  const ledger = exists ? replay(file) : null;
  const journal = new Journal(file);
  if (ledger !== null) {
    ledger.journal = journal;
    // Faults do not outlive the process.
    if (ledger.blocks.finalityStalled) ledger.stallFinality(false);
    // What was open when the process died is closed now: the next block starts cleanly.
    ledger.advance();
    return ledger;
  }
  const genesis = newGenesis();
  journal.genesis(genesis);
  return new Ledger({ genesis, journal });
}

/** @param {string} file */
function replay(file) {
  let ledger = /** @type {Ledger | null} */ (null);
  let good = 0;
  for (const { line, end } of linesOf(file)) {
    let record;
    try {
      record = JSON.parse(line, revive);
    } catch {
      break; // the cut last line
    }
    ledger = apply(ledger, record);
    good = end;
  }
  fs.truncateSync(file, good);
  if (ledger === null) throw new Error(`${file} holds no genesis record; move it away to start a new ledger`);
  return ledger;
}

/** @param {Ledger | null} ledger @param {any[]} record @returns {Ledger} */
function apply(ledger, record) {
  const [kind, ...fields] = record;
  if (kind === 'genesis') return new Ledger({ genesis: fields[0] });
  if (ledger === null) throw new Error('the ledger file does not begin with its genesis record');
  if (kind === 'slot') ledger.openBlock(fields[0], fields[1], fields[2]);
  else if (kind === 'account') ledger.placeAccount(fields[0], /** @type {AccountView} */ (unpacked(fields[1])));
  else if (kind === 'program') ledger.placeProgram(fields[0], Buffer.from(fields[1], 'base64'));
  else if (kind === 'stall') ledger.stallFinality(fields[0]);
  else if (kind === 'rollback') ledger.rollBackTo(fields[0], fields[1]);
  else if (kind === 'tx') {
    const [slot, wireBase64, keys, meta, written] = fields;
    const transaction = parseTransaction(Buffer.from(wireBase64, 'base64'));
    const entry = { ...entryOf(transaction), slot, position: ledger.tip.transactions.length, keys, meta, err: meta.err };
    ledger.replayTransaction(entry, written.map((/** @type {any[]} */ [key, view]) => ({ key, view: unpacked(view) })));
  }
  return ledger;
}

/** Complete lines of a file of any size, each with the offset behind it. @param {string} file */
function* linesOf(file) {
  const fd = fs.openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(1 << 20);
    let rest = Buffer.alloc(0);
    let offset = 0;
    for (;;) {
      const read = fs.readSync(fd, chunk, 0, chunk.length, null);
      if (read === 0) return;
      let data = Buffer.concat([rest, chunk.subarray(0, read)]);
      let newline;
      while ((newline = data.indexOf(10)) >= 0) {
        offset += newline + 1;
        yield { line: data.toString('utf8', 0, newline), end: offset };
        data = data.subarray(newline + 1);
      }
      rest = data;
    }
  } finally {
    fs.closeSync(fd);
  }
}
