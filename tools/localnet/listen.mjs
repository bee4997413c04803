import http from 'node:http';
import { createRpcServer } from './rpc/server.mjs';
import { createSubscriptionServer } from './subscriptions/server.mjs';

/**
 * Opens the ports of every front node: node i answers HTTP on port + 2i and WebSocket on wsPort + 2i (and on the HTTP port too).
 * Port 0 lets the system choose.
 * @param {import('./cluster.mjs').Cluster} cluster @param {{ host: string, port: number, wsPort: number }} options
 * @returns {Promise<{ endpoints: { port: number, wsPort: number }[], close: () => Promise<void> }>}
 */
export async function listen(cluster, { host, port, wsPort }) {
  /** @type {http.Server[]} */
  const servers = [];
  /** @type {{ port: number, wsPort: number }[]} */
  const endpoints = [];
  const close = async () => {
    await Promise.all(servers.map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }));
  };
  try {
    for (const [index, node] of cluster.fronts.entries()) {
      const subscriptions = createSubscriptionServer(node);
      const rpc = createRpcServer(node);
      const sockets = http.createServer((_request, response) => response.writeHead(426).end('WebSocket only\n'));
      for (const server of [rpc, sockets]) {
        server.on('upgrade', (request, socket, head) => {
          socket.on('error', () => socket.destroy());
          subscriptions.handleUpgrade(request, socket, head, (client) => subscriptions.emit('connection', client, request));
        });
        server.on('close', () => subscriptions.clients.forEach((client) => client.terminate()));
        servers.push(server);
      }
      endpoints.push({
        port: await bind(rpc, host, port && port + 2 * index),
        wsPort: await bind(sockets, host, wsPort && wsPort + 2 * index),
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoints, close };
}

/** @param {http.Server} server @param {string} host @param {number} port @returns {Promise<number>} the port that was bound */
function bind(server, host, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
  });
}
