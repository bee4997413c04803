// The examples of the OpenAPI document are what its schemas say: a validator that is not ours reads them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const document = JSON.parse(await readFile(new URL("../../docs/openapi.json", import.meta.url), "utf8"));

// The document's own way to name schemas; members that no schema names are an error in an example, whatever a program would make of them.
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
for (const format of ["int32", "int64", "uint64"]) ajv.addFormat(format, { type: "number", validate: Number.isInteger });
ajv.addSchema({ $id: "clones", components: document.components });
const validatorOf = (schema) => ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"clones#/components')));

const bodies = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, operation]) => [
    [`${method} ${path}, request`, operation.requestBody?.content],
    ...Object.entries(operation.responses).map(([status, response]) => [`${method} ${path}, ${status}`, response.content]),
  ]),
);

test("every body has an example, and those in JSON are what their schemas say", () => {
  let read = 0;
  for (const [name, content] of bodies)
    for (const [type, media] of Object.entries(content ?? {})) {
      assert.notEqual(media.example, undefined, `${name}, ${type} has no example: src/Clones.Api/Documentation/examples.json`);
      if (!type.endsWith("json")) continue;
      const validate = validatorOf(media.schema);
      assert.ok(validate(media.example), `${name}: ${ajv.errorsText(validate.errors)}`);
      read++;
    }
  assert.ok(read > 100);
});

test("an example that is not what its schema says is found", () => {
  const { schema, example } = document.paths["/v1/payments"].post.requestBody.content["application/json"];
  const validate = validatorOf(schema);

  assert.equal(validate({ ...example, amount: 12.5 }), false);
  assert.equal(validate({ ...example, trainingPoolId: "not-an-id" }), false);
  assert.equal(validate({ ...example, unknown: 1 }), false);
});
