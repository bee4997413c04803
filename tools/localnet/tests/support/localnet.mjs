import { Cluster } from '../../cluster.mjs';
import { Ledger } from '../../ledger/ledger.mjs';
import { listen } from '../../listen.mjs';

/**
 * A cluster in this process, on free ports.
 * @param {{ slotMs?: number, fronts?: number, blockhashAge?: number, ledger?: Ledger, clock?: import('../../clock.mjs').Clock }} [options]
 *   slotMs 0: warp() alone advances it; clock: of the storms
 */
export async function startLocalnet({ slotMs = 0, fronts = 1, blockhashAge, ledger = new Ledger(), clock } = {}) {
  const cluster = new Cluster(ledger, { slotMs, fronts, blockhashAge, clock });
  const ports = await listen(cluster, { host: '127.0.0.1', port: 0, wsPort: 0 });
  cluster.start();
  const urls = ports.endpoints.map(({ port }) => `http://127.0.0.1:${port}`);
  return {
    cluster,
    ledger,
    urls,
    url: urls[0],
    wsUrl: `ws://127.0.0.1:${ports.endpoints[0].wsPort}`,
    rpc: (/** @type {string} */ method, /** @type {any[]} */ ...params) => call(urls[0], method, params),
    rpcAt: (/** @type {number} */ front, /** @type {string} */ method, /** @type {any[]} */ ...params) => call(urls[front], method, params),
    warp: (/** @type {number} */ slots) => call(urls[0], 'clones_warp', [slots]),
    async stop() {
      cluster.stop();
      await ports.close();
    },
  };
}

export class RpcFailure extends Error {
  /** @param {{ code: number, message: string, data?: any }} error */
  constructor({ code, message, data }) {
    super(`${code}: ${message}`);
    this.code = code;
    this.data = data;
  }
}

/** @param {string} url @param {string} method @param {any[]} params @param {AbortSignal} [signal] */
export async function call(url, method, params, signal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal,
  });
  if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status, headers: response.headers });
  const answer = /** @type {any} */ (await response.json());
  if (answer.error) throw new RpcFailure(answer.error);
  return answer.result;
}
