import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import net from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { HttpEnv } from '../../src/http/deps.ts';
import { sendRaw, startServer } from './world.ts';

const router = new Hono<HttpEnv>().get('/hello', (c) => c.text('hello'));

describe('An answer', () => {
  const asked = `GET /graphql HTTP/1.1\r\nHost: x\r\n\r\n`;
  /** More than the system keeps of it. */
  const large = Buffer.alloc(30_000_000);

  /** A server that gives its answer when nothing has moved on the connection for as long as it may lie unread. */
  async function startSlow(body: Buffer | string) {
    const { promise: closed, resolve } = Promise.withResolvers<boolean>();
    const handle = async (req: IncomingMessage, res: ServerResponse) => {
      res.on('close', () => resolve(res.writableFinished));
      await once(req.socket, 'timeout');
      res.end(body);
    };
    const upgrade = () => {};
    const slow = await startServer({ router, unreadMsMax: 200, graphql: { handle, upgrade } });
    return { ...slow, closed, socket: net.connect(slow.port, '127.0.0.1') };
  }

  it('that takes its time is awaited; it is given up when its client then reads nothing of it', async () => {
    const { server: slow, socket, closed } = await startSlow(large);
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(asked);
    expect(await closed).toBe(false);
    socket.destroy();
    await slow.close();
  });

  /** A server that streams its answer, of which little lies unsent at a time. */
  async function startStream(unreadMsMax: number) {
    const { promise: closed, resolve } = Promise.withResolvers<boolean>();
    const handle = async (_: IncomingMessage, res: ServerResponse) => {
      res.on('close', () => resolve(res.writableFinished));
      await pipeline(Readable.from(Array(300).fill(large.subarray(0, 100_000))), res).catch(() => undefined);
    };
    const slow = await startServer({ router, unreadMsMax, graphql: { handle, upgrade: () => {} } });
    const socket = net.connect(slow.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(asked);
    return { ...slow, closed, socket };
  }

  it('of which little is held is sent whole to one who reads nothing for a while', async () => {
    const { server: slow, socket, closed } = await startStream(500);
    let length = 0;
    socket.once('data', () => {
      socket.pause();
      setTimeout(() => socket.resume(), 1_500);
    });
    socket.on('data', (part) => {
      length += part.length;
    });
    expect(await closed).toBe(true);
    await expect.poll(() => length).toBeGreaterThan(large.length);
    socket.destroy();
    await slow.close();
  });

  it('of which little is held is given up in the end, too', async () => {
    const { server: slow, socket, closed } = await startStream(50);
    socket.pause();
    expect(await closed).toBe(false);
    socket.destroy();
    await slow.close();
  });

  it('may come long after another on the same connection', async () => {
    const { server: slow, socket, port: slowPort } = await startSlow('done');
    socket.setEncoding('latin1');
    const ask = async () => {
      socket.write('GET /hello HTTP/1.1\r\nHost: x\r\n\r\n');
      return String(await once(socket, 'data'));
    };
    expect(await ask()).toContain('hello');
    for (const _ of [1, 2])
      expect(await sendRaw(slowPort, `GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toContain(
        'done',
      );
    expect(await ask()).toContain('hello');
    socket.destroy();
    await slow.close();
  });
});
