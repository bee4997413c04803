import http from 'node:http';
import { stringify } from '../encoding/json.mjs';
import { dispatch, failure } from './dispatch.mjs';
import { INVALID_REQUEST, PARSE_ERROR } from './errors.mjs';

const BODY_MAX_BYTES = 1024 * 1024;
const BATCH_MAX = 1000;
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'POST, GET, OPTIONS',
  'Access-Control-Allow-Headers': '*',
};

/** JSON-RPC over HTTP for one front node. @param {import('./node.mjs').Node} node */
export function createRpcServer(node) {
  const server = http.createServer((request, response) => {
    request.on('error', () => response.destroy());
    if (request.method === 'OPTIONS') return void response.writeHead(204, CORS).end();
    if (request.method === 'GET' && request.url === '/health') return void answerHealth(node, response);
    if (request.method !== 'POST') return void text(response, 405, 'Used HTTP Method is not allowed. POST or OPTIONS is required');
    receive(request, response, (body) => handle(node, body, response));
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.keepAliveTimeout = 60_000;
  return server;
}

/** @param {import('./node.mjs').Node} node @param {http.ServerResponse} response */
function answerHealth(node, response) {
  const answer = dispatch(node, { jsonrpc: '2.0', id: 1, method: 'getHealth' });
  text(response, 200, 'result' in answer ? 'ok' : 'behind');
}

/** @param {http.IncomingMessage} request @param {http.ServerResponse} response @param {(body: string) => void} done */
function receive(request, response, done) {
  /** @type {Buffer[]} */
  const chunks = [];
  let length = 0;
  request.on('data', (chunk) => {
    length += chunk.length;
    if (length <= BODY_MAX_BYTES) chunks.push(chunk);
    else if (!response.headersSent) {
      response.setHeader('Connection', 'close');
      text(response, 413, `request body is larger than ${BODY_MAX_BYTES} bytes`);
      response.on('finish', () => request.destroy());
    }
  });
  request.on('end', () => {
    if (length <= BODY_MAX_BYTES) done(Buffer.concat(chunks).toString('utf8'));
  });
}

/** @param {import('./node.mjs').Node} node @param {string} body @param {http.ServerResponse} response */
function handle(node, body, response) {
  let request;
  try {
    request = JSON.parse(body);
  } catch {
    return json(response, failure(null, PARSE_ERROR, 'Parse error'));
  }
  const first = Array.isArray(request) ? request[0] : request;
  const method = typeof first?.method === 'string' ? first.method : '';
  if (method.startsWith('clones_')) return json(response, answer(node, request));
  const fault = node.faults.edge(method);
  if (fault.kind === 'status') {
    if (fault.retryAfter !== undefined) response.setHeader('Retry-After', String(fault.retryAfter));
    return text(response, fault.status ?? 503, fault.status === 429 ? 'Too many requests' : 'Service unavailable');
  }
  if (fault.kind === 'refusal') {
    return json(response, failure(first?.id ?? null, INVALID_REQUEST, 'Unauthorized: the API key of node.provider.example is not valid'), 401);
  }
  if (fault.kind === 'silence') {
    if (fault.handle) answer(node, request);
    setTimeout(() => response.destroy(), node.faults.timeoutMs).unref();
    return;
  }
  if (node.faults.latencyMs > 0) setTimeout(() => json(response, answer(node, request)), node.faults.latencyMs).unref();
  else json(response, answer(node, request));
}

/** @param {import('./node.mjs').Node} node @param {any} request */
function answer(node, request) {
  if (!Array.isArray(request)) return dispatch(node, request);
  if (request.length === 0 || request.length > BATCH_MAX) return failure(null, INVALID_REQUEST, `A batch holds 1 to ${BATCH_MAX} requests`);
  return request.map((one) => dispatch(node, one));
}

/** @param {http.ServerResponse} response @param {any} value @param {number} [status] */
function json(response, value, status = 200) {
  if (response.destroyed) return;
  const body = Buffer.from(stringify(value));
  response.writeHead(status, { ...CORS, 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length }).end(body);
}

/** @param {http.ServerResponse} response @param {number} status @param {string} message */
function text(response, status, message) {
  response.writeHead(status, { ...CORS, 'Content-Type': 'text/plain; charset=utf-8' }).end(message);
}
