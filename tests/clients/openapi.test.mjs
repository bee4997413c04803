// The OpenAPI document is known to be usable: types are generated from it, and a program is compiled against them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import openapiTS, { astToString } from "openapi-typescript";

const run = promisify(execFile);
const here = new URL("./", import.meta.url);
const document = new URL("../../docs/openapi.json", here);

const compile = async (...options) => {
  try {
    await run(process.execPath, [new URL("node_modules/typescript/bin/tsc", here).pathname, ...options], { cwd: here });
    return "";
  } catch (failure) {
    return failure.stdout;
  }
};

test("types are generated from the OpenAPI document, and a client is compiled against them", async () => {
  const types = astToString(await openapiTS(document));
  await mkdir(new URL("generated/", here), { recursive: true });
  await writeFile(new URL("generated/clones.d.ts", here), types);

  assert.equal(await compile("-p", "."), "");
});

test("a client that asks for what the document does not have is not compiled", async () => {
  const source = await readFile(new URL("client.ts", here), "utf8");
  const wrong = new URL("generated/wrong.ts", here);
  await writeFile(wrong, source.replaceAll("./generated/clones.js", "./clones.js").replace("trainingPoolId, recipient", "trainingPool: 1, recipient"));
  try {
    assert.match(
      await compile("--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", wrong.pathname),
      /trainingPool/,
    );
  } finally {
    await rm(wrong);
  }
});
