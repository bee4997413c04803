import { decode32, encode } from '../encoding/base58.mjs';
import { TOKEN, TOKEN_2022 } from '../transactions/programs.mjs';
import { AccountView } from './vm.mjs';

/** How many slots behind the finalized one reads can go: a lagging front node is up to 500 slots behind. */
const SLOTS_KEPT = 600;

/**
 * Accounts as of any recent slot. The VM holds the newest state; for each slot that wrote, the state before its first write
 * is kept, so a read at slot S takes the oldest such image that is younger than S, or else what the VM has.
 */
export class Accounts {
  /** @type {{ slot: number, before: Map<string, AccountView | null> }[]} ascending by slot */
  #images = [];
  /** @type {Map<string, Set<string>>} program -> accounts that it owns or has owned */
  #byProgram = new Map();
  /** @type {Map<string, Set<string>>} owner, delegate or mint -> token accounts that name it or have named it */
  #byTokenParty = new Map();
  /** @type {Map<string, AccountView>} programs as the VM holds them now; a read copies up to 100 KB of code */
  #programs = new Map();
  /** @type {Set<string>} every account that was written since the genesis of the VM */
  written = new Set();

  /** @param {import('./vm.mjs').Vm} vm */
  constructor(vm) {
    this.vm = vm;
    for (const program of [TOKEN, TOKEN_2022]) {
      for (const [key, view] of vm.ownedBy(/** @type {Buffer} */ (decode32(program)))) this.#index(key, view);
    }
  }

  /** @param {string} key @param {number} slot @param {Uint8Array} [bytes] */
  at(key, slot, bytes) {
    const images = this.#images;
    for (let i = firstAfter(images, slot); i < images.length; i++) {
      const image = images[i].before.get(key);
      if (image !== undefined) return image;
    }
    return this.vm.read(bytes ?? /** @type {Buffer} */ (decode32(key)));
  }

  /** The account as the VM holds it now. @param {string} key @param {Uint8Array} bytes */
  newest(key, bytes) {
    const program = this.#programs.get(key);
    if (program !== undefined) return program;
    const view = this.vm.read(bytes);
    if (view?.executable) this.#programs.set(key, view);
    return view;
  }

  /** Programs may have changed by other ways than a transaction that names them as writable. */
  forgetPrograms() {
    this.#programs.clear();
  }

  /** Keeps the state before `slot` wrote to the account; only the first call in a slot counts. @param {string} key @param {number} slot @param {AccountView | null} view */
  remember(key, slot, view) {
    let last = this.#images.at(-1);
    if (last === undefined || last.slot < slot) this.#images.push((last = { slot, before: new Map() }));
    if (!last.before.has(key)) last.before.set(key, view);
  }

  /** Notes that the VM now holds `view`. @param {string} key @param {AccountView | null} view */
  noteWritten(key, view) {
    this.written.add(key);
    this.#programs.delete(key);
    if (view !== null) this.#index(key, view);
  }

  /** Writes past the VM's rules: genesis accounts, replay, rollback. @param {string} key @param {number} slot @param {AccountView | null} view */
  overwrite(key, slot, view) {
    const bytes = /** @type {Buffer} */ (decode32(key));
    this.remember(key, slot, this.vm.read(bytes));
    this.vm.write(bytes, view);
    this.noteWritten(key, view);
  }

  /** Undoes every write after `slot`. @param {number} slot @returns {string[]} the accounts that changed */
  rollBackTo(slot) {
    const changed = new Set();
    this.forgetPrograms();
    while (this.#images.length > 0 && this.#images[this.#images.length - 1].slot > slot) {
      const { before } = /** @type {any} */ (this.#images.pop());
      for (const [key, view] of before) {
        this.vm.write(/** @type {Buffer} */ (decode32(key)), view);
        changed.add(key);
      }
    }
    return [...changed];
  }

  /**
   * Runs `body` with the given accounts as they were at `slot`, then puts the newest state back.
   * @template T @param {number} slot @param {Iterable<string>} keys @param {() => T} body
   */
  during(slot, keys, body) {
    /** @type {[Buffer, AccountView | null][]} */
    const newest = [];
    try {
      for (const key of keys) {
        const image = this.#imageAfter(key, slot);
        if (image === undefined) continue;
        const bytes = /** @type {Buffer} */ (decode32(key));
        newest.push([bytes, this.vm.read(bytes)]);
        this.vm.write(bytes, image);
      }
      return body();
    } finally {
      for (const [bytes, view] of newest) this.vm.write(bytes, view);
    }
  }

  /** @param {string} key @param {number} slot */
  #imageAfter(key, slot) {
    for (let i = firstAfter(this.#images, slot); i < this.#images.length; i++) {
      const image = this.#images[i].before.get(key);
      if (image !== undefined) return image;
    }
    return undefined;
  }

  /** @param {string} program @param {number} slot @returns {[string, AccountView][]} */
  ownedBy(program, slot) {
    const keys = new Set(this.#byProgram.get(program));
    for (const [key] of this.vm.ownedBy(/** @type {Buffer} */ (decode32(program)))) keys.add(key);
    return this.#existing(keys, slot, (view) => view.owner === program);
  }

  /** Token accounts that may name `party` as owner, delegate or mint; the caller looks closer. @param {string} party @param {number} slot */
  tokenAccountsNaming(party, slot) {
    return this.#existing(this.#byTokenParty.get(party) ?? [], slot, (view) => view.owner === TOKEN || view.owner === TOKEN_2022);
  }

  /** @param {Iterable<string>} keys @param {number} slot @param {(view: AccountView) => boolean} accept @returns {[string, AccountView][]} */
  #existing(keys, slot, accept) {
    /** @type {[string, AccountView][]} */
    const found = [];
    for (const key of keys) {
      const view = this.at(key, slot);
      if (view !== null && accept(view)) found.push([key, view]);
    }
    return found;
  }

  /** @param {number} root the finalized slot */
  forgetLongBefore(root) {
    while (this.#images.length > 0 && this.#images[0].slot < root - SLOTS_KEPT) this.#images.shift();
  }

  /** @param {string} key @param {AccountView} view */
  #index(key, view) {
    add(this.#byProgram, view.owner, key);
    if (view.owner !== TOKEN && view.owner !== TOKEN_2022) return;
    const { data } = view;
    if (data.length < 165 || (data.length > 165 && data[165] !== 2)) return;
    add(this.#byTokenParty, encode(data.subarray(0, 32)), key);
    add(this.#byTokenParty, encode(data.subarray(32, 64)), key);
    if (data.readUInt32LE(72) === 1) add(this.#byTokenParty, encode(data.subarray(76, 108)), key);
  }
}

/** @param {Map<string, Set<string>>} index @param {string} name @param {string} key */
function add(index, name, key) {
  let set = index.get(name);
  if (set === undefined) index.set(name, (set = new Set()));
  set.add(key);
}

/** @param {{ slot: number }[]} images @param {number} slot */
function firstAfter(images, slot) {
  let low = 0;
  let high = images.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (images[middle].slot > slot) high = middle;
    else low = middle + 1;
  }
  return low;
}
