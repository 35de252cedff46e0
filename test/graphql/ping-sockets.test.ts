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
    pings.add({ socket });
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
    pings.add({ socket });
    const [pinged, closed] = [once(client, 'ping'), once(client, 'close')];
    vi.advanceTimersByTime(pingEveryMs);
    await pinged;
    expect(socket.readyState).toBe(WebSocket.OPEN);
    vi.advanceTimersByTime(pingEveryMs);
    expect((await closed)[0]).toBe(1006);
    pings.close();
  });

  it('are asked evenly, each once in a round, but for those that are removed or being closed', () => {
    const pings = pingSockets();
    const sockets = Array.from({ length: 48 }, () => ({
      ...{ readyState: WebSocket.OPEN as number, OPEN: WebSocket.OPEN, on: () => {} },
      ...{ ping: vi.fn(), terminate: vi.fn() },
    }));
    const guests = sockets.map((socket) => ({ socket: socket as unknown as WebSocket }));
    for (const guest of guests) pings.add(guest);
    const asked = (): number => sockets.filter(({ ping }) => ping.mock.calls.length > 0).length;
    vi.advanceTimersByTime(pingEveryMs / 4);
    expect(asked()).toBe(12);
    vi.advanceTimersByTime((pingEveryMs * 3) / 4);
    expect(sockets.map(({ ping }) => ping.mock.calls.length)).toEqual(sockets.map(() => 1));
    const [removed, closing, silent] = sockets;
    for (const guest of guests.slice(0, 1)) pings.remove(guest);
    Object.assign(closing ?? {}, { readyState: WebSocket.CLOSING });
    vi.advanceTimersByTime(pingEveryMs);
    expect([removed, closing, silent].map((socket) => socket?.terminate.mock.calls.length)).toEqual([0, 0, 1]);
    pings.close();
  });
});
