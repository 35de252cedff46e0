import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import net from 'node:net';
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

  it('is sent whole to one who reads it slowly', async () => {
    const { server: slow, socket, closed } = await startSlow(large);
    let length = 0;
    const whole = new Promise<void>((resolve) => {
      socket.on('data', (part) => {
        length += part.length;
        if (length > large.length) resolve();
        socket.pause();
        setTimeout(() => socket.resume(), 5);
      });
    });
    socket.write(asked);
    expect(await closed).toBe(true);
    await whole;
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
