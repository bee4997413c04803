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
  for (const { id, file } of accounts.filter(({ id }) => isNew(id))) ledger.placeAccount(id, accountIn(file, id));
  for (const id of clones.filter(isNew)) await clone(ledger, id, cloneUrl);
  for (const { id, file } of programs.filter(({ id }) => isNew(id))) addProgram(ledger, id, read(file), file);
}

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new Error(`cannot read ${file}: ${/** @type {NodeJS.ErrnoException} */ (error).code ?? error}`);
  }
}

/** @param {string} file @param {string} id */
function accountIn(file, id) {
  let json;
  try {
    json = JSON.parse(read(file).toString('utf8'));
  } catch (error) {
    throw error instanceof SyntaxError ? new Error(`${file} is not JSON: write it with solana account ${id} --output json --output-file ${file}`) : error;
  }
  // The file knows whose account it is; under another address a program would find what is not there.
  if (json?.pubkey !== undefined && json.pubkey !== id) throw new Error(`${file} holds the account ${json.pubkey}, not ${id}`);
  return accountOf(json, file);
}

/** @param {import('./ledger/ledger.mjs').Ledger} ledger @param {string} id @param {Buffer} elf @param {string} origin */
function addProgram(ledger, id, elf, origin) {
  if (!elf.subarray(0, 4).equals(ELF_MAGIC)) throw new Error(`${origin} is not an ELF file`);
  try {
    ledger.placeProgram(id, elf);
  } catch (error) {
    throw new Error(`${origin} is not a program that the VM can load: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {any} json @param {string} origin */
function accountOf(json, origin) {
  const { lamports, data, owner, executable, rentEpoch } = json?.account ?? json ?? {};
  const ownerBytes = typeof owner === 'string' ? decode32(owner) : null;
  if (!Array.isArray(data) || typeof data[0] !== 'string' || data[1] !== 'base64' || ownerBytes === null || !Number.isSafeInteger(lamports) || lamports < 0) {
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
