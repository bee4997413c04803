import { createRequire } from 'node:module';
import { encode } from '../encoding/base58.mjs';
import { INSTRUCTION_ERRORS, TRANSACTION_ERRORS } from '../transactions/error-names.mjs';

// The package's front door loads all of @solana/kit only to wrap these classes.
const native = createRequire(import.meta.url)('litesvm/dist/internal.js');

/** @type {Map<string, string>} */
const ownerNames = new Map();

/** A view of an account as it was when it was read. Data is copied out of the VM only when somebody looks at it. */
export class AccountView {
  #native;
  /** @type {Buffer | undefined} */ #data;
  /** @type {string | undefined} */ #owner;

  /** @param {any} nativeAccount */
  constructor(nativeAccount) {
    this.#native = nativeAccount;
    this.lamports = /** @type {bigint} */ (nativeAccount.lamports());
  }

  /** @param {bigint} lamports @param {Uint8Array} data @param {Uint8Array} owner @param {boolean} executable @param {bigint} rentEpoch */
  static of(lamports, data, owner, executable, rentEpoch) {
    return new AccountView(new native.Account(lamports, data, owner, executable, rentEpoch));
  }

  get native() {
    return this.#native;
  }

  get data() {
    return (this.#data ??= Buffer.from(this.#native.data()));
  }

  get owner() {
    if (this.#owner === undefined) {
      const bytes = Buffer.from(this.#native.owner());
      const key = bytes.toString('latin1');
      let name = ownerNames.get(key);
      if (name === undefined) {
        if (ownerNames.size > 1000) ownerNames.clear();
        ownerNames.set(key, (name = encode(bytes)));
      }
      this.#owner = name;
    }
    return this.#owner;
  }

  get executable() {
    return /** @type {boolean} */ (this.#native.executable());
  }

  get rentEpoch() {
    return /** @type {bigint} */ (this.#native.rentEpoch());
  }
}

/**
 * @typedef {{ programIdIndex: number, accounts: Uint8Array, data: Uint8Array, stackHeight: number }} InnerInstruction
 * @typedef {{
 *   landed: boolean, err: any, logs: string[], unitsConsumed: bigint, inner: InnerInstruction[][],
 *   returnData: { programId: string, data: Uint8Array } | null, postAccounts?: () => Map<string, AccountView>
 * }} Outcome
 */

/** LiteSVM, with what it lacks (blockhash window, duplicates) left to the ledger. */
export class Vm {
  #svm = new native.LiteSvm();

  constructor() {
    this.#svm.setBlockhashCheck(false);
    this.#svm.setTransactionHistory(0n);
    this.#svm.withNativeMints();
  }

  /** @param {Uint8Array} key 32 bytes; any other length would abort the process */
  read(key) {
    const account = this.#svm.getAccount(key);
    return account === null ? null : new AccountView(account);
  }

  /** Writes an account; null deletes it. @param {Uint8Array} key @param {AccountView | null} view */
  write(key, view) {
    this.#svm.setAccount(key, view === null ? new native.Account(0n, new Uint8Array(0), new Uint8Array(32), false, 0n) : view.native);
  }

  /** @param {Uint8Array} key @param {Uint8Array} elf */
  addProgram(key, elf) {
    this.#svm.addProgram(key, elf);
  }

  /** @param {Uint8Array} program @returns {[string, AccountView][]} */
  ownedBy(program) {
    return this.#svm
      .getProgramAccounts(program)
      .map((/** @type {any} */ entry) => [encode(entry.address), new AccountView(entry.account())]);
  }

  /** @param {number} dataLength in bytes */
  rentExemptMinimum(dataLength) {
    return /** @type {bigint} */ (this.#svm.minimumBalanceForRentExemption(BigInt(dataLength)));
  }

  /**
   * Tells the programs what slot it is. Durable nonces take their value from the VM's own blockhash, so that moves too.
   * @param {number} slot @param {number} unixSeconds @param {number} epoch @param {{ slot: bigint, hash: string }[]} slotHashes newest first
   */
  enterSlot(slot, unixSeconds, epoch, slotHashes) {
    this.#svm.setClock(new native.Clock(BigInt(slot), 0n, BigInt(epoch), BigInt(epoch + 1), BigInt(unixSeconds)));
    this.#svm.setSlotHashes(slotHashes);
    this.#svm.expireBlockhash();
  }

  latestBlockhash() {
    return /** @type {string} */ (this.#svm.latestBlockhash());
  }

  /** @param {Buffer} wire bytes that parseTransaction has accepted @returns {Outcome} */
  execute(wire) {
    return outcomeOf(this.#svm.sendVersionedTransaction(wire));
  }

  /** @param {Buffer} wire @param {boolean} verifySignatures @returns {Outcome} */
  simulate(wire, verifySignatures) {
    if (!verifySignatures) this.#svm.setSigverify(false);
    try {
      return outcomeOf(this.#svm.simulateVersionedTransaction(wire));
    } finally {
      if (!verifySignatures) this.#svm.setSigverify(true);
    }
  }
}

/** @param {any} result @returns {Outcome} */
function outcomeOf(result) {
  const failed = result instanceof native.FailedTransactionMetadata;
  const simulated = result instanceof native.SimulatedTransactionInfo;
  const meta = failed || simulated ? result.meta() : result;
  const returned = meta.returnData();
  const returnedBytes = returned.data();
  return {
    // A failure before execution carries an all-zero signature; a failure in execution has paid its fee.
    landed: !failed || meta.signature().some((/** @type {number} */ byte) => byte !== 0),
    err: failed ? errorOf(result.err()) : null,
    logs: meta.logs(),
    unitsConsumed: meta.computeUnitsConsumed(),
    inner: meta.innerInstructions().map((/** @type {any[]} */ list) =>
      list.map((inner) => {
        const instruction = inner.instruction();
        return {
          programIdIndex: instruction.programIdIndex(),
          accounts: instruction.accounts(),
          data: instruction.data(),
          stackHeight: inner.stackHeight(),
        };
      }),
    ),
    returnData: returnedBytes.length > 0 ? { programId: encode(returned.programId()), data: returnedBytes } : null,
    postAccounts: simulated
      ? () => new Map(result.postAccounts().map((/** @type {any} */ entry) => [encode(entry.address), new AccountView(entry.account())]))
      : undefined,
  };
}

/** The error as JSON-RPC spells it. @param {any} err */
function errorOf(err) {
  if (typeof err === 'number') return TRANSACTION_ERRORS[err] ?? 'SanitizeFailure';
  if (err instanceof native.TransactionErrorInstructionError) {
    const inner = err.err();
    if (typeof inner === 'number') return { InstructionError: [err.index, INSTRUCTION_ERRORS[inner] ?? 'GenericError'] };
    if (inner instanceof native.InstructionErrorCustom) return { InstructionError: [err.index, { Custom: inner.code }] };
    return { InstructionError: [err.index, 'BorshIoError'] };
  }
  if (err instanceof native.TransactionErrorDuplicateInstruction) return { DuplicateInstruction: err.index };
  if (err instanceof native.TransactionErrorInsufficientFundsForRent) {
    return { InsufficientFundsForRent: { account_index: err.accountIndex } };
  }
  return { ProgramExecutionTemporarilyRestricted: { account_index: err.accountIndex } };
}
