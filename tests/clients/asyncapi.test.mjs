// The AsyncAPI document is one, and its schemas take and reject what they should.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import specs from "@asyncapi/specs";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const document = JSON.parse(await readFile(new URL("../../docs/asyncapi.json", import.meta.url), "utf8"));
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
// It brings a copy of draft-07, which the validator has already.
const { definitions, ...rest } = specs.schemas["3.0.0"];
delete definitions["http://json-schema.org/draft-07/schema"];
const asyncApi = { ...rest, definitions };

test("the document is AsyncAPI 3.0.0", () => {
  const valid = ajv.validate(asyncApi, document);

  assert.ok(valid, ajv.errorsText());
});

test("a channel without an address of its own kind is none", () => {
  const broken = structuredClone(document);
  broken.channels["submission-graded"].address = 5;

  assert.equal(ajv.validate(asyncApi, broken), false);
});

test("the schema of submission-graded takes a good one and rejects what the workers reject", () => {
  const takes = ajv.compile(document.components.schemas.SubmissionGraded);
  const good = {
    submissionId: "grading-4711",
    trainingPoolId: "019a0000-0000-7000-8000-000000000000",
    submitter: "7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2",
    taskId: null,
    score: 82,
  };

  assert.ok(takes(good), JSON.stringify(takes.errors));
  for (const bad of [{ score: 101 }, { score: 1.5 }, { score: "82" }, { submissionId: "" }, { trainingPoolId: "1" }, { submitter: "0OIl" }, { score: undefined }]) {
    assert.equal(takes(JSON.parse(JSON.stringify({ ...good, ...bad }))), false, JSON.stringify(bad));
  }
});

test("the schema of payment-requested takes a good one and rejects what the workers reject", () => {
  const takes = ajv.compile(document.components.schemas.PaymentRequested);
  const good = {
    requestId: "invoice-4711",
    trainingPoolId: "019a0000-0000-7000-8000-000000000000",
    recipient: "7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2",
    amountBaseUnits: "18446744073709551615",
  };

  assert.ok(takes(good), JSON.stringify(takes.errors));
  for (const bad of [{ amountBaseUnits: 1 }, { amountBaseUnits: "0" }, { amountBaseUnits: "1.5" }, { amountBaseUnits: "-1" }, { requestId: "" }, { recipient: "0OIl" }, { reference: "" }, { amountBaseUnits: undefined }]) {
    assert.equal(takes(JSON.parse(JSON.stringify({ ...good, ...bad }))), false, JSON.stringify(bad));
  }
});
