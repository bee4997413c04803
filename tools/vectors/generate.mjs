// Writes the vectors that Clones.Solana and the deployments are checked against, with clients that we did not write.
import { readFileSync, writeFileSync } from "node:fs";
import { mints, mintSizes, nonceAccountSize, tokenAccounts } from "./accounts.mjs";
import { addressesWithSeed, associatedAccounts, base58, onCurve, programAddresses } from "./addresses.mjs";
import { instructions } from "./instructions.mjs";
import { messages } from "./messages.mjs";
import { raydiumConfigs, raydiumPools } from "./raydium-accounts.mjs";
import { raydiumPoolCreations } from "./raydium-pools.mjs";

const target = new URL("../../tests/Clones.Solana.Tests/Vectors/vectors.json", import.meta.url);
const poolsTarget = new URL("../../tests/Clones.Settlement.Tests/Deployments/Raydium/raydium-pools.json", import.meta.url);
const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url)));

const groups = {
  base58: base58(),
  onCurve: onCurve(),
  programAddresses: await programAddresses(),
  addressesWithSeed: await addressesWithSeed(),
  associatedAccounts: await associatedAccounts(),
  instructions: instructions(),
  messages: messages(),
  mints: mints(),
  tokenAccounts: tokenAccounts(),
  mintSizes: mintSizes(),
  raydiumConfigs: raydiumConfigs(),
  raydiumPools: raydiumPools(),
};

// Integers of 64 bits go as text: JSON numbers are doubles to half of the world.
const write = (value) => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? v.toString() : v));
const lines = Object.entries(groups).map(([name, list]) => `"${name}": [\n${list.map(write).join(",\n")}\n]`);
writeFileSync(target, `{\n"madeWith": ${write(dependencies)},\n"nonceAccountSize": ${nonceAccountSize},\n${lines.join(",\n")}\n}\n`);

// Last, so that whatever is drawn before stays the same.
const pools = await raydiumPoolCreations();
writeFileSync(poolsTarget, `{\n"madeWith": ${write(dependencies)},\n"pools": [\n${pools.map(write).join(",\n")}\n]\n}\n`);

const counts = Object.entries(groups).map(([name, list]) => `${name} ${list.length}`);
console.log(`${Object.values(groups).flat().length} vectors: ${counts.join(", ")}; ${pools.length} whole creations of Raydium pools`);
