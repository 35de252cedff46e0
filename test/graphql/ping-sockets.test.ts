import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { pingEveryMs, pingSockets } from '../../src/graphql/ping-sockets.ts';

let server: WebSocketServer;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
  for (const socket of server.clients) socket.terminate();
  server.close();
});

/** Both ends of a socket. */
async function open(options: { readonly autoPong: boolean }) {
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[WebSocket], unknown];
  return { client, socket };
}

describe('Sockets that are asked whether they are there', () => {
  it('stay while they answer', async () => {
    const pings = pingSockets();
    const { client, socket } = await open({ autoPong: true });
    pings.add(socket);
    for (let round = 0; round < 3; round += 1) {
      const [pinged, answered] = [once(client, 'ping'), once(socket, 'pong')];
      vi.advanceTimersByTime(pingEveryMs);
      await Promise.all([pinged, answered]);
    }
    expect(socket.readyState).toBe(WebSocket.OPEN);
    pings.close();
  });

  it('are cut off when they have not answered by the next time', async () => {
    const pings = pingSockets();
    const { client, socket } = await open({ autoPong: false });
    pings.add(socket);
    const [pinged, closed] = [once(client, 'ping'), once(client, 'close')];
    vi.advanceTimersByTime(pingEveryMs);
    await pinged;
    expect(socket.readyState).toBe(WebSocket.OPEN);
    vi.advanceTimersByTime(pingEveryMs);
    expect((await closed)[0]).toBe(1006);
    pings.close();
  });

  it('are asked a whole round after they came, whenever that was, and not once they were removed', async () => {
    const pings = pingSockets();
    const { socket } = await open({ autoPong: true });
    const ping = vi.spyOn(socket, 'ping');
    vi.advanceTimersByTime(pingEveryMs / 3);
    pings.add(socket);
    vi.advanceTimersByTime(pingEveryMs - 1);
    expect(ping).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(1);
    expect(ping).toHaveBeenCalledTimes(1);
    pings.remove(socket);
    vi.advanceTimersByTime(3 * pingEveryMs);
    expect(ping).toHaveBeenCalledTimes(1);
    pings.close();
  });
});
