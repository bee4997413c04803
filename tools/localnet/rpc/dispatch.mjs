import { adminMethods } from '../faults/admin-methods.mjs';
import { INTERNAL_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, RpcError } from './errors.mjs';
import { accountMethods } from './methods/accounts.mjs';
import { blockMethods } from './methods/blocks.mjs';
import { nodeMethods } from './methods/node.mjs';
import { transactionMethods } from './methods/transactions.mjs';

const METHODS = new Map(Object.entries({ ...accountMethods, ...blockMethods, ...nodeMethods, ...transactionMethods, ...adminMethods }));

/** @param {any} id */
function idOf(id) {
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

/**
 * Answers one JSON-RPC request. Nothing that a caller sends makes it throw.
 * @param {import('./node.mjs').Node} node @param {any} request
 */
export function dispatch(node, request) {
  if (request === null || typeof request !== 'object' || Array.isArray(request)) return failure(null, INVALID_REQUEST, 'Invalid request');
  const id = idOf(request.id);
  if (request.jsonrpc !== '2.0' || typeof request.method !== 'string') return failure(id, INVALID_REQUEST, 'Invalid request');
  const method = METHODS.get(request.method);
  if (method === undefined) return failure(id, METHOD_NOT_FOUND, 'Method not found');
  if (!(request.method in adminMethods)) node.countRequest(request.method);
  const params = request.params ?? [];
  if (!Array.isArray(params)) return failure(id, -32602, '`params` should be an array');
  try {
    return { jsonrpc: '2.0', result: method(node, params), id };
  } catch (error) {
    if (error instanceof RpcError) return failure(id, error.code, error.message, error.data);
    console.error(`localnet: ${request.method} failed:`, error);
    return failure(id, INTERNAL_ERROR, 'Internal error');
  }
}

/** @param {any} id @param {number} code @param {string} message @param {any} [data] */
export function failure(id, code, message, data) {
  return { jsonrpc: '2.0', error: { code, message, ...(data === undefined ? {} : { data }) }, id };
}
