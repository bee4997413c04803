import { setTimeout as wait } from 'node:timers/promises';

/**
 * Lets go of the client's socket before the server closes it: the client has no public way to do so and would try to reconnect for
 * ever, which keeps the test process alive.
 * @param {import('@solana/web3.js').Connection} connection
 */
export async function letGo(connection) {
  const socket = /** @type {any} */ (connection)._rpcWebSocket;
  socket.reconnect = false;
  socket.max_reconnects = -1;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  if (/** @type {any} */ (connection)._rpcWebSocketConnected) {
    socket.close();
    await Promise.race([closed, wait(1000)]);
  }
}
