import fs from 'node:fs';
import { decode32, encode } from './encoding/base58.mjs';
import { AccountView } from './ledger/vm.mjs';
import { UPGRADEABLE_LOADER } from './transactions/programs.mjs';

const ELF_MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
/** Bytes before the ELF in a program data account: tag, slot, upgrade authority. */
const PROGRAM_DATA_HEADER = 45;
const CLONE_TIMEOUT_MS = 30_000;

/**
 * Puts programs and accounts from files or another cluster into the ledger; those that it holds from an earlier start stay as they are.
 * @param {import('./ledger/ledger.mjs').Ledger} ledger
 * @param {Pick<ReturnType<typeof import('./options.mjs').readOptions>, 'programs' | 'accounts' | 'clones' | 'cloneUrl'>} options
 */
export async function placeGenesisAccounts(ledger, { programs, accounts, clones, cloneUrl }) {
  const isNew = (/** @type {string} */ id) => !ledger.placed.has(id);
  for (const { id, file } of accounts.filter(({ id }) => isNew(id))) ledger.placeAccount(id, accountOf(JSON.parse(fs.readFileSync(file, 'utf8')), file));
  for (const id of clones.filter(isNew)) await clone(ledger, id, cloneUrl);
  for (const { id, file } of programs.filter(({ id }) => isNew(id))) addProgram(ledger, id, fs.readFileSync(file), file);
}

/** @param {import('./ledger/ledger.mjs').Ledger} ledger @param {string} id @param {Buffer} elf @param {string} origin */
function addProgram(ledger, id, elf, origin) {
  if (!elf.subarray(0, 4).equals(ELF_MAGIC)) throw new Error(`${origin} is not an ELF file`);
  ledger.placeProgram(id, elf);
}

/** @param {any} json @param {string} origin */
function accountOf(json, origin) {
  const { lamports, data, owner, executable, rentEpoch } = json.account ?? json;
  const ownerBytes = decode32(owner);
  if (!Array.isArray(data) || data[1] !== 'base64' || ownerBytes === null || !Number.isFinite(lamports)) {
    throw new Error(`${origin} is not an account with base64 data`);
  }
  // Rent epochs of 2^64-1 do not survive a double; every such account is exempt, which is what the number says.
  const epoch = Number.isSafeInteger(rentEpoch) ? BigInt(rentEpoch) : 18_446_744_073_709_551_615n;
  return AccountView.of(BigInt(lamports), Buffer.from(data[0], 'base64'), ownerBytes, executable === true, epoch);
}

/** @param {import('./ledger/ledger.mjs').Ledger} ledger @param {string} id @param {string} url */
async function clone(ledger, id, url) {
  const view = await fetchAccount(id, url);
  if (!view.executable) return ledger.placeAccount(id, view);
  if (view.owner !== UPGRADEABLE_LOADER) return addProgram(ledger, id, view.data, id);
  const programData = await fetchAccount(encode(view.data.subarray(4, 36)), url);
  addProgram(ledger, id, programData.data.subarray(PROGRAM_DATA_HEADER), id);
}

/** @param {string} id @param {string} url */
async function fetchAccount(id, url) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getAccountInfo', params: [id, { encoding: 'base64' }] }),
    signal: AbortSignal.timeout(CLONE_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`cloning ${id}: the cluster answered ${response.status}`);
  const answer = /** @type {any} */ (await response.json());
  if (!answer.result?.value) throw new Error(`cloning ${id}: the cluster has no such account`);
  return accountOf(answer.result.value, id);
}
