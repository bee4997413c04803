// Makes pools.relaxed.jsonl and pools.canonical.jsonl: the same documents of the old training_pools collection as
//   mongoexport --collection training_pools --jsonFormat relaxed|canonical
// writes them, with throw-away keys by node:crypto alone.
//   node make-samples.mjs
// The random values are new with every run; the tests hold for any. The master key is the one of TestKeys.cs.
import { createCipheriv, generateKeyPairSync, randomBytes, scryptSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const master = scryptSync('a secret of the tests, of more than 32 characters', 'a salt of the tests', 32);

function base58(bytes) {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = alphabet[Number(number % 58n)] + text;
  return '1'.repeat(bytes.findIndex((b) => b !== 0)) + text;
}

function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return { address: base58(point), bare: Buffer.concat([seed, point]).toString('base64') };
}

function seal(bare) {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', master, iv);
  const ciphertext = Buffer.concat([cipher.update(bare, 'utf8'), cipher.final()]);
  return ['v1', iv.toString('hex'), cipher.getAuthTag().toString('hex'), ciphertext.toString('hex')].join(':');
}

const oid = (value) => ({ relaxed: { $oid: value }, canonical: { $oid: value } });
const int = (value) => ({ relaxed: value, canonical: { $numberInt: `${value}` } });
const long = (value) => ({ relaxed: value, canonical: { $numberLong: `${value}` } });
// mongoexport writes doubles from a million on with an exponent, which JSON.stringify does not: as a marked text, unquoted below.
const double = (text) => ({ relaxed: `raw(${text})`, canonical: { $numberDouble: text } });
const decimal = (text) => ({ relaxed: { $numberDecimal: text }, canonical: { $numberDecimal: text } });
const date = (iso) => ({ relaxed: { $date: iso }, canonical: { $date: { $numberLong: `${Date.parse(iso)}` } } });

const viral = keyPair().address;
const wrappedSol = 'So11111111111111111111111111111111111111112';

function pool(id, name, status, price, token, skills, isSealed, more = {}) {
  const { address, bare } = keyPair();
  return {
    _id: typeof id === 'string' ? oid(id) : id.text,
    name,
    status,
    demonstrations: int(0),
    funds: double('12.5'),
    pricePerDemo: price,
    token,
    skills,
    ownerEmail: 'owner@example.org',
    ownerAddress: keyPair().address,
    depositAddress: address,
    depositPrivateKey: isSealed ? seal(bare) : bare,
    ...more,
    createdAt: date('2025-03-01T12:00:00.123Z'),
    updatedAt: date('2025-04-01T12:00:00.456Z'),
    __v: int(0),
  };
}

const sol = { type: 'SOL', symbol: 'SOL', address: wrappedSol };
const pools = [
  pool('65f1c0ffee65f1c0ffee6501', 'Browser basics', 'live', int(10), sol, 'web, forms,', false),
  pool('65f1c0ffee65f1c0ffee6502', 'Tabellen für Anfänger ✓', 'paused', double('0.1'), sol, 'spreadsheets', true),
  pool('65f1c0ffee65f1c0ffee6503', 'A million', 'no-funds', double('1E+06'), { type: 'VIRAL', symbol: 'VIRAL', address: viral }, '', true),
  pool('65f1c0ffee65f1c0ffee6504', 'Own token', 'no-gas', double('2.5'), { type: 'CUSTOM', symbol: '$viral', address: viral }, ['a', 'b'], false, {
    uploadLimit: {},
  }),
  pool('65f1c0ffee65f1c0ffee6505', 'A little', 'noFunds', decimal('0.000001'), sol, 'mail', true, { uploadLimit: int(25) }),
  pool({ text: 'pool-of-the-first-days' }, 'First days', 'out of funds', long(3), { type: 'sol', symbol: 'sol' }, null, false),
];

function write(mode) {
  const pick = (value) =>
    value && typeof value === 'object' && 'relaxed' in value ? value[mode]
    : value && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, pick(v)]))
    : value;
  const lines = pools.map((document) => JSON.stringify(pick(document)).replace(/"raw\(([^)]*)\)"/g, '$1'));
  writeFileSync(new URL(`pools.${mode}.jsonl`, import.meta.url), lines.map((line) => `${line}\n`).join(''));
}
write('relaxed');
write('canonical');
