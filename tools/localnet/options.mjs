import { parseArgs } from 'node:util';
import { BLOCKHASH_AGE_MAX, MAX_PROCESSING_AGE } from './ledger/blocks.mjs';
import { decode32 } from './encoding/base58.mjs';
import { SEED_MAX, STORM_MS_MAX } from './faults/storm-request.mjs';

export const USAGE = `usage: node main.mjs [options]
  --port N            HTTP port of the first front node (8899); node i listens on N + 2i; 0: any free ports
  --ws-port N         WebSocket port of the first front node (port + 1); node i listens on N + 2i
  --host ADDRESS      address to listen on (127.0.0.1)
  --fronts N          front nodes over the one ledger, each with faults of its own (1)
  --slot-ms N         length of a slot in milliseconds (400); 0: slots advance only by clones_warp
  --blockhash-age N   blocks in which a blockhash can be used (150); more keeps its minute where slots are short
  --ledger DIR        keep the ledger here; without it the chain is gone when the process ends
  --storm SEED        begin a storm of faults at once; SEED + 1 and so on follow until clones_calm
  --storm-ms N        length of each of these storms in milliseconds (60000)
  --program ID=FILE   load a program (.so) at an address; may be repeated
  --account ID=FILE   load an account (.json as \`solana account --output json\` writes it); may be repeated
  --clone ID          copy an account, and its program data if it is a program; may be repeated
  --clone-url URL     cluster that --clone copies from (https://api.mainnet-beta.solana.com)`;

export class UsageError extends Error {}

/** @param {string[]} args */
export function readOptions(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  const many = /** @type {const} */ ({ type: 'string', multiple: true });
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        port: text, 'ws-port': text, host: text, fronts: text, 'slot-ms': text, 'blockhash-age': text, ledger: text,
        storm: text, 'storm-ms': text, program: many, account: many, clone: many, 'clone-url': text, help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const fronts = number(values.fronts ?? '1', '--fronts', 1, 64);
  const port = number(values.port ?? '8899', '--port', 0, 65535 - 2 * fronts);
  return {
    help: values.help === true,
    port,
    wsPort: number(values['ws-port'] ?? String(port && port + 1), '--ws-port', 0, 65535 - 2 * fronts),
    host: values.host ?? '127.0.0.1',
    fronts,
    slotMs: number(values['slot-ms'] ?? '400', '--slot-ms', 0, 600_000),
    blockhashAge: number(values['blockhash-age'] ?? String(MAX_PROCESSING_AGE), '--blockhash-age', MAX_PROCESSING_AGE, BLOCKHASH_AGE_MAX),
    ledger: values.ledger ?? null,
    storm: stormOf(values.storm, values['storm-ms']),
    programs: (values.program ?? []).map((pair) => idAndFile(pair, '--program')),
    accounts: (values.account ?? []).map((pair) => idAndFile(pair, '--account')),
    clones: (values.clone ?? []).map((id) => address(id, '--clone')),
    cloneUrl: values['clone-url'] ?? 'https://api.mainnet-beta.solana.com',
  };
}

/** @param {string} value @param {string} name @param {number} min @param {number} max */
function number(value, name, min, max) {
  const parsed = Number(value);
  if (!/^\d+$/.test(value) || parsed < min || parsed > max) throw new UsageError(`${name} must be an integer from ${min} to ${max}, not "${value}"`);
  return parsed;
}

/** @param {string | undefined} seed @param {string | undefined} ms */
function stormOf(seed, ms) {
  if (seed === undefined && ms !== undefined) throw new UsageError('--storm-ms needs --storm SEED');
  if (seed === undefined) return null;
  return { seed: number(seed, '--storm', 0, SEED_MAX), ms: number(ms ?? '60000', '--storm-ms', 1, STORM_MS_MAX) };
}

/** @param {string} id @param {string} name */
function address(id, name) {
  if (decode32(id) === null) throw new UsageError(`${name}: "${id}" is not an address`);
  return id;
}

/** @param {string} pair @param {string} name */
function idAndFile(pair, name) {
  const equals = pair.indexOf('=');
  if (equals < 0) throw new UsageError(`${name} takes ID=FILE, not "${pair}"`);
  return { id: address(pair.slice(0, equals), name), file: pair.slice(equals + 1) };
}
