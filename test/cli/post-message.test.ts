import { afterEach, beforeEach, expect, it } from 'vitest';
import { postMessage } from '../../cli/src/post-message.ts';
import { answering, openShopServer, type ShopServer } from '../webhooks/shop-server.ts';

let server: ShopServer;
let remarks: string[];
let signal: AbortSignal;

beforeEach(async () => {
  server = await openShopServer();
  remarks = [];
  signal = new AbortController().signal;
});
afterEach(() => server.close());

const post = (url: string, say = (remark: string): unknown => remarks.push(remark)): Promise<number | null> => {
  const target = { url, form: 'imoje', pauseMs: 1, patienceMs: 200 } as const;
  return postMessage({ signal, say }, target, () => ({ headers: {}, body: '{}' }));
};

it('A server that takes a message and does not answer in time gets it three times in all, as one that answers 500', async () => {
  server.answer(() => {});
  expect(await post(server.url)).toBeNull();
  expect(server.received).toHaveLength(3);
  const late = `${server.url} took longer than 0.2 s; trying again in 0.1 s.`;
  expect(remarks).toEqual([late, late]);
});

it('A server that sends on to another address gets the message three times, and the other address never', async () => {
  server.answer((request, response) => {
    if (request.url === '/other') response.end();
    else response.writeHead(307, { location: '/other' }).end();
  });
  expect(await post(server.url)).toBe(307);
  expect(server.received.map(({ path }) => path)).toEqual(['/n', '/n', '/n']);
});

it('A server whose answer breaks off behind the status has answered', async () => {
  server.answer((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('ok', () => response.destroy());
  });
  expect(await post(server.url)).toBe(200);
  expect([server.received.length, remarks]).toEqual([1, []]);
});

it('A server behind a proxy that breaks connections off while it starts misses no message', async () => {
  server.answer((request, response) => {
    if (server.received.length > 4) answering(200)(request, response);
    else request.socket.destroy();
  });
  expect(await post(server.url)).toBe(200);
  expect(server.received).toHaveLength(5);
});

it('A server that dies of a message gets it ten times in all', async () => {
  server.answer((request) => request.socket.destroy());
  expect(await post(server.url)).toBeNull();
  expect(server.received).toHaveLength(10);
  expect(remarks[0]).toMatch(/^http\S+ broke the connection off \([A-Z_]+\); trying again in 0\.1 s\.$/);
});

it('A server that is down is tried more than three times, and why it cannot be reached is said', async () => {
  const ending = new AbortController();
  signal = ending.signal;
  await server.close();
  const end = (remark: string): void => {
    if (remarks.push(remark) === 4) ending.abort();
  };
  await expect(post(server.url, end)).rejects.toThrow();
  expect(remarks[3]).toBe(`No answer from ${server.url} (ECONNREFUSED); trying again in 0.1 s.`);
});

it('A server without TLS behind an address of https is said to be one', async () => {
  const ending = new AbortController();
  signal = ending.signal;
  const end = (remark: string): void => {
    remarks.push(remark);
    ending.abort();
  };
  await expect(post(server.url.replace('http:', 'https:'), end)).rejects.toThrow();
  expect(remarks).toEqual([expect.stringMatching(/^No answer from https:\S+ \([A-Z_]*SSL[A-Z_]*\); trying again in /)]);
});

it('A port that no post may go to is refused at once, with what to do', async () => {
  await expect(post('http://127.0.0.1:6000/hook')).rejects.toThrow(
    'Nothing can be posted to http://127.0.0.1:6000/hook, since fetch blocks its port; let the server listen on another, such as 3000.',
  );
  expect(remarks).toEqual([]);
});

it('Whoever is told to stop waits for the answer of the post under way, and posts no more', async () => {
  const ending = new AbortController();
  signal = ending.signal;
  server.answer((request, response) => {
    ending.abort();
    answering(200)(request, response);
  });
  expect(await post(server.url)).toBe(200);
  expect(remarks).toEqual([`The answer of ${server.url} is waited for; a second Ctrl-C waits for nothing.`]);
  await expect(post(server.url)).rejects.toThrow();
  expect(server.received).toHaveLength(1);
});
