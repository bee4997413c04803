// Makes key-vectors.json with node:crypto alone, in the forms that the old system stored (see SecretKeyCodec.cs).
//   node make-vectors.mjs > key-vectors.json
// The random values are new with every run; the tests hold for any.
import { createCipheriv, generateKeyPairSync, randomBytes, scryptSync } from 'node:crypto';

const masters = [
  { version: 1, secret: 'the secret that the old system had in its environment', salt: 'deposit-salt' },
  { version: 2, secret: 'geheim: ein Schlüssel mit Umlauten, länger als 32 Zeichen ✓', salt: 'Sälz' },
];

function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return { secretKey: Buffer.concat([seed, point]), point };
}

function seal(secretKey, { version, secret, salt }) {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', scryptSync(secret, salt, 32), iv);
  const ciphertext = Buffer.concat([cipher.update(secretKey.toString('base64'), 'utf8'), cipher.final()]);
  return [`v${version}`, iv.toString('hex'), cipher.getAuthTag().toString('hex'), ciphertext.toString('hex')].join(':');
}

const vectors = Array.from({ length: 20 }, () => {
  const { secretKey, point } = keyPair();
  return {
    publicKeyHex: point.toString('hex'),
    secretKeyHex: secretKey.toString('hex'),
    bare: secretKey.toString('base64'),
    sealed: masters.map((master) => seal(secretKey, master)),
  };
});
console.log(JSON.stringify({ masters, vectors }, null, 1));
