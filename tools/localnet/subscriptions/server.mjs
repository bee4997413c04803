import { WebSocketServer } from 'ws';
import { stringify } from '../encoding/json.mjs';
import { dispatch, failure } from '../rpc/dispatch.mjs';
import { INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR, RpcError } from '../rpc/errors.mjs';
import { Hub } from './hub.mjs';
import { interests } from './interests.mjs';

const MESSAGE_MAX_BYTES = 256 * 1024;
const SUBSCRIPTIONS_MAX = 10_000;
/** A reader this many bytes behind is cut off, so that it cannot fill the memory. */
const BACKLOG_MAX_BYTES = 16 * 1024 * 1024;
const SUBSCRIBE = new Map(Object.entries(interests));
const UNSUBSCRIBE = new Set([...SUBSCRIBE.keys()].map((name) => name.replace(/Subscribe$/, 'Unsubscribe')));

/** Subscriptions over WebSocket for one front node. @param {import('../rpc/node.mjs').Node} node */
export function createSubscriptionServer(node) {
  const hub = new Hub(node);
  const server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_MAX_BYTES });
  server.on('connection', (socket) => {
    /** @type {Set<number>} */
    const own = new Set();
    const send = (/** @type {string} */ text) => {
      if (socket.bufferedAmount > BACKLOG_MAX_BYTES) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.send(text);
    };
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => receive(node, hub, own, send, data.toString()));
    socket.on('close', () => {
      for (const id of own) hub.remove(id);
    });
  });
  return server;
}

/** @param {import('../rpc/node.mjs').Node} node @param {Hub} hub @param {Set<number>} own @param {(text: string) => void} send @param {string} body */
function receive(node, hub, own, send, body) {
  let request;
  try {
    request = JSON.parse(body);
  } catch {
    return send(stringify(failure(null, PARSE_ERROR, 'Parse error')));
  }
  if (request === null || typeof request !== 'object' || typeof request.method !== 'string') {
    return send(stringify(failure(null, INVALID_REQUEST, 'Invalid request')));
  }
  const id = typeof request.id === 'string' || typeof request.id === 'number' ? request.id : null;
  const params = Array.isArray(request.params) ? request.params : [];
  const reply = (/** @type {any} */ result) => send(stringify({ jsonrpc: '2.0', result, id }));
  const subscribe = SUBSCRIBE.get(request.method);
  if (subscribe !== undefined) {
    try {
      if (own.size >= SUBSCRIPTIONS_MAX) throw new RpcError(INVALID_REQUEST, 'too many subscriptions on this connection');
      const { now, ...interest } = subscribe(node, params);
      const subscription = hub.add(interest, send);
      own.add(subscription);
      reply(subscription);
      const already = now?.() ?? null;
      const added = hub.get(subscription);
      if (already !== null && added !== undefined) hub.notify(added, already.slot, already.value);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      send(stringify(failure(id, error.code, error.message)));
    }
    return;
  }
  if (UNSUBSCRIBE.has(request.method)) {
    if (!own.delete(params[0])) return send(stringify(failure(id, INVALID_PARAMS, 'Invalid subscription id.')));
    hub.remove(params[0]);
    return reply(true);
  }
  send(stringify(dispatch(node, request)));
}
