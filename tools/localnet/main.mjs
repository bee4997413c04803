#!/usr/bin/env node
import { Cluster } from './cluster.mjs';
import { stormPlan } from './faults/storm-request.mjs';
import { placeGenesisAccounts } from './genesis-accounts.mjs';
import { openLedger } from './ledger/journal.mjs';
import { Ledger } from './ledger/ledger.mjs';
import { listen } from './listen.mjs';
import { USAGE, UsageError, readOptions } from './options.mjs';

try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${message}\n${USAGE}` : `localnet: ${message}`);
  process.exit(error instanceof UsageError ? 2 : 1);
}

/** @param {ReturnType<typeof readOptions>} options */
async function run(options) {
  if (options.help) return void console.log(USAGE);
  const ledger = options.ledger === null ? new Ledger() : openLedger(options.ledger);
  await placeGenesisAccounts(ledger, options);
  const cluster = new Cluster(ledger, options);
  const ports = await listen(cluster, options);
  const [first] = ports.endpoints;
  cluster.start();
  if (options.storm !== null) cluster.storm.begin(stormPlan(options.storm, options.fronts), { repeats: true });
  console.log(
    `localnet ready: rpc http://${options.host}:${first.port} ws ws://${options.host}:${first.wsPort} ` +
      `fronts ${options.fronts} slot-ms ${options.slotMs} slot ${ledger.tip.slot} genesis ${ledger.genesis.hash}${options.storm === null ? '' : ` storm ${options.storm.seed}`}`,
  );
  const stop = async () => {
    cluster.stop();
    await ports.close();
    ledger.journal?.close();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
