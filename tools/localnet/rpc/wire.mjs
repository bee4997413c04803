import { decode } from '../encoding/base58.mjs';
import { MalformedTransaction, PACKET_DATA_SIZE, parseTransaction } from '../transactions/parse.mjs';
import { invalid } from './errors.mjs';

const ENCODED_MAX = { base58: 1683, base64: 1644 };
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const NAME = 'solana_transaction::versioned::VersionedTransaction';

/** Decodes and parses a transaction as sendTransaction and simulateTransaction get it. @param {unknown} text @param {unknown} encoding */
export function wireTransaction(text, encoding = 'base58') {
  if (typeof text !== 'string') throw invalid('Invalid params: invalid type: expected an encoded transaction.');
  if (encoding !== 'base58' && encoding !== 'base64') throw invalid('unsupported encoding. Supported encodings: base58, base64');
  if (text.length > ENCODED_MAX[encoding]) {
    throw invalid(`${encoding} encoded ${NAME} too large: ${text.length} bytes (max: encoded/raw ${ENCODED_MAX[encoding]}/${PACKET_DATA_SIZE})`);
  }
  const bytes = encoding === 'base58' ? decode(text, ENCODED_MAX.base58) : BASE64.test(text) ? Buffer.from(text, 'base64') : null;
  if (bytes === null) throw invalid(`invalid ${encoding} encoding`);
  try {
    return parseTransaction(bytes);
  } catch (error) {
    if (error instanceof MalformedTransaction) throw invalid(`failed to deserialize ${NAME}: ${error.message}`);
    throw error;
  }
}
