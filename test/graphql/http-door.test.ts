import { once } from 'node:events';
import { get, request } from 'node:http';
import net from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/live.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

const question = JSON.stringify({ query: '{ viewer { merchant { id } } }' });
const change = 'mutation { revokeApiKey(id: "00000000-0000-4000-8000-000000000000") { __typename } }';

type Sent = { readonly status: number; readonly text: string; readonly headers: Headers };

async function send(init: RequestInit & { readonly search?: string }): Promise<Sent> {
  const { search = '', ...rest } = init;
  const response = await fetch(`${gateway.url}/graphql${search}`, {
    ...rest,
    headers: { authorization: `Bearer ${gateway.demo.apiKey}`, ...rest.headers },
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const post = (body: BodyInit, headers: Record<string, string> = {}): Promise<Sent> =>
  send({ method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

/** A request that fetch would correct before it is sent. */
function sendRaw(headers: Record<string, string>, body?: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request(`${gateway.url}/graphql`, { method: 'POST', headers });
  sent.on('response', (response) => resolve(response.resume().statusCode ?? 0));
  sent.on('error', reject);
  if (body !== undefined) sent.write(body);
  sent.end();
  return promise;
}

for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
  describe(`POST, to be answered as ${accept}`, () => {
    it('answers a good one', async () => {
      const { status, text } = await post(question, { accept });
      expect(status).toBe(200);
      expect(text).toContain(gateway.demo.merchantId);
    });

    it('refuses a list of operations', async () => {
      const { status, text } = await post(`[${question},${question}]`, { accept });
      expect(text).not.toContain(gateway.demo.merchantId);
      expect(status).toBe(400);
    });

    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/graphql',
      'application/xml',
      '',
    ]) {
      it(`refuses the content type '${type}'`, async () => {
        const { status, text } = await post(Buffer.from(question), { accept, 'content-type': type });
        expect(status).toBe(415);
        expect(text).toContain('Content-Type: application/json');
      });
    }

    it.each(['gzip', 'x-unknown', 'identity, br'])(
      'refuses a body in the coding %s, and says that it reads none',
      async (coding) => {
        const sent = await post(new Uint8Array(gzipSync(question)), { accept, 'content-encoding': coding });
        expect([sent.status, sent.headers.get('accept-encoding')]).toEqual([415, 'identity']);
        expect(sent.text).toContain('send it without Content-Encoding, not compressed.');
      },
    );

    // Programs that mean the letters name them here, and what they send is what it is.
    it.each(['Identity', 'UTF-8', 'utf8'])('takes a body whose coding %s changes nothing', async (coding) => {
      expect((await post(question, { accept, 'content-encoding': coding })).status).toBe(200);
    });

    it('takes no time for each letter of one that is wrong', async () => {
      using keys = vi.spyOn(Object, 'keys');
      const { status } = await post(`"${'x'.repeat(10_000)}"`, { accept });
      const most = Math.max(...keys.mock.results.map(({ value }) => (value as string[]).length));
      expect(status).toBe(400);
      expect(most).toBeLessThan(1_000);
    });

    it('refuses a form with a file', async () => {
      const form = new FormData();
      form.set('operations', question);
      form.set('map', '{}');
      const { status } = await send({ method: 'POST', body: form, headers: { accept } });
      expect(status).toBe(415);
    });

    it('refuses a body of more than 1 MiB, and takes one just below', async () => {
      const bodyOf = (bytes: number): string => question.padEnd(bytes, ' ');
      expect((await post(bodyOf(1_048_577), { accept })).status).toBe(413);
      expect((await post(bodyOf(1_048_576), { accept })).status).toBe(200);
    });

    it('takes a body in chunks, as programs send it that write it as they make it, and refuses one of more than 1 MiB', async () => {
      const headers = {
        accept,
        authorization: `Bearer ${gateway.demo.apiKey}`,
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
      };
      expect(await sendRaw(headers, question.padEnd(1_048_576, ' '))).toBe(200);
      expect(await sendRaw(headers, question.padEnd(1_048_577, ' '))).toBe(413);
    });

    it('refuses what is no JSON, in words that repeat none of it', async () => {
      const { status, text } = await post('{"query": "{ secretword }"', { accept });
      expect(status).toBe(400);
      expect(text).toContain('POST body sent invalid JSON');
      expect(text).not.toContain('secretword');
    });

    it('refuses pages of other origins', async () => {
      const { status, text, headers } = await post(question, { accept, origin: 'https://evil.example' });
      expect([status, text]).toEqual([403, expect.stringContaining('"FORBIDDEN"')]);
      expect(text).not.toContain(gateway.demo.merchantId);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    });
  });
}

describe('A POST that is refused before its body has come', () => {
  const head = (length: number, headers: readonly string[]): string => {
    const usual = ['Host: a', `Authorization: Bearer ${gateway.demo.apiKey}`, 'Content-Type: application/json'];
    return ['POST /graphql HTTP/1.1', ...usual, `Content-Length: ${length}`, ...headers, '', ''].join('\r\n');
  };

  /** Sends a part of it, waits for the answer, sends what is left, and asks again. Gives what came until the connection was closed. */
  async function sendInParts(length: number, headers: readonly string[]): Promise<readonly string[]> {
    const socket = net.connect(Number(new URL(gateway.url).port), '127.0.0.1').setEncoding('utf8');
    socket.write(`${head(length, headers)}{`);
    const [first] = await once(socket, 'data');
    socket.write(Buffer.alloc(length - 1, ' '));
    socket.write(`${head(question.length, ['Connection: close'])}${question}`);
    return [String(first), await textOf(socket)];
  }

  it.each([
    { what: 'too large', status: 413, headers: [], length: 5_000_000 },
    { what: 'of another origin', status: 403, headers: ['Origin: https://evil.example'], length: 100_000 },
  ])('as one $what is answered, and its connection, maybe that of a proxy, serves the next', async (asked) => {
    const [refused, answered] = await sendInParts(asked.length, asked.headers);
    expect(refused).toMatch(new RegExp(`^HTTP/1.1 ${asked.status} `));
    expect(answered).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is heard to its end, where its connection is to be closed, so that the answer is not lost', async () => {
    const [refused, rest] = await sendInParts(5_000_000, ['Connection: close']);
    expect(refused).toMatch(/^HTTP\/1.1 413 .*"INVALID_INPUT"/s);
    expect(rest).toBe('');
  });

  it('is answered in chunks too, and broken off when these have no end', async () => {
    const { origin } = new URL(gateway.url);
    const sent = request(`${origin}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' } });
    const closed = new Promise<void>((resolve) => void sent.on('error', () => resolve()).on('close', resolve));
    const chunk = Buffer.alloc(1_000_000);
    const send = (): void => void sent.write(chunk, (error) => (error ? undefined : send()));
    send();
    const [answer] = await once(sent, 'response');
    expect(answer.statusCode).toBe(413);
    await closed;
  });
});

describe('GET', () => {
  it('answers a query', async () => {
    const { status, text } = await send({ search: `?query=${encodeURIComponent('{ viewer { merchant { id } } }')}` });
    expect(status).toBe(200);
    expect(text).toContain(gateway.demo.merchantId);
  });

  for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
    it(`never runs a mutation, to be answered as ${accept}`, async () => {
      const { status, text } = await send({ search: `?query=${encodeURIComponent(change)}`, headers: { accept } });
      expect(status).toBe(405);
      expect(text).not.toContain('Refusal');
    });
  }

  it.each(['variables', 'extensions'])('refuses %s that are no JSON', async (name) => {
    const query = encodeURIComponent('{ viewer { merchant { id } } }');
    for (const wrong of ['xx', '{', '[1]', '7']) {
      for (const accept of ['application/json', 'text/event-stream']) {
        const { status, text } = await send({ search: `?query=${query}&${name}=${wrong}`, headers: { accept } });
        expect([wrong, status, text]).toEqual([wrong, 400, expect.stringContaining('BAD_REQUEST')]);
      }
    }
  });

  it('refuses pages of other origins', async () => {
    const search = `?query=${encodeURIComponent('{ viewer { merchant { id } } }')}`;
    expect((await send({ search, headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });
});

describe('The hash of a document in place of the document', () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: 'ab'.repeat(32) } };
  // By these words Apollo Client and urql know that they are to send documents.
  const refusal = {
    errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
  };

  it.each(['application/json', 'application/graphql-response+json,application/json;q=0.9'])(
    'is refused to %s in words by which clients send the document, and may come beside it',
    async (accept) => {
      const { status, text } = await post(JSON.stringify({ operationName: 'A', variables: {}, extensions }), {
        accept,
      });
      expect([status, JSON.parse(text)]).toEqual([200, refusal]);
      const search = `?extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
      const got = await send({ search, headers: { accept } });
      expect([got.status, JSON.parse(got.text)]).toEqual([200, refusal]);
      const both = await post(JSON.stringify({ ...JSON.parse(question), extensions }), { accept });
      expect([both.status, both.text]).toEqual([200, expect.stringContaining(gateway.demo.merchantId)]);
    },
  );
});

describe('an answer in a form that we do not write', () => {
  it.each([
    { accept: 'text/html' },
    { accept: 'image/png, application/xml;q=0.5' },
    { accept: 'application/json;charset=latin1' },
    { accept: 'application/json;q=0, text/plain' },
  ])('is refused to $accept before anything is done', async (headers) => {
    const query =
      'mutation { createApiKey(input: {name: "made for nobody", scopes: ["payments:read"]}) { __typename } }';
    const { status, text } = await post(JSON.stringify({ query }), headers);
    expect(status).toBe(406);
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ message: expect.stringContaining('Accept text/event-stream'), extensions: { code: 'INVALID_INPUT' } }],
    });
    const keys = await post(JSON.stringify({ query: '{ viewer { apiKeys { name } } }' }));
    expect(keys.text).toContain('"name"');
    expect(keys.text).not.toContain('made for nobody');
  });

  it.each(['application/json; charset=utf-8', 'text/plain, application/json;q=0.5', ''])(
    'is none of those that are accepted by "%s"',
    async (accept) => {
      const { status, text } = await post(question, { accept });
      expect([status, text]).toEqual([200, expect.stringContaining(gateway.demo.merchantId)]);
    },
  );

  it('is refused by GET too', async () => {
    const search = `?query=${encodeURIComponent('{ viewer { merchant { id } } }')}`;
    const { status, text } = await send({ search, headers: { accept: 'image/png' } });
    expect([status, text]).toEqual([406, expect.stringContaining('Accept text/event-stream')]);
  });
});

describe('other methods', () => {
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    it(`refuses ${method}`, async () => {
      expect((await send({ method })).status).toBe(405);
    });
  }

  it('answers the preflight of a page of ours, and of no other', async () => {
    const ask = (origin: string): Promise<Sent> => send({ method: 'OPTIONS', headers: { origin } });
    const ours = await ask(gateway.url);
    expect([ours.status, ours.headers.get('access-control-allow-origin')]).toEqual([204, gateway.url]);
    expect((await ask('https://evil.example')).status).toBe(403);
    expect((await ask('null')).status).toBe(403);
  });
});

/** Asks for a WebSocket as a client does that is refused one; gives what it is told. */
function upgrade(path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const asked = get(`${gateway.url}${path}`, {
    headers: {
      ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      ...{
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': 'graphql-transport-ws',
        ...headers,
      },
    },
  });
  return new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', async (response) =>
      resolve({ status: response.statusCode ?? 0, text: await textOf(response) }),
    );
  });
}

describe('a WebSocket', () => {
  it('of another subprotocol is refused with its right name', async () => {
    const { status, text } = await upgrade('/graphql', { 'sec-websocket-protocol': 'graphql-ws' });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('graphql-transport-ws'),
    });
  });

  it('at another address is refused with a code', async () => {
    const { status, text } = await upgrade('/graph');
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ status, code: 'NOT_FOUND', message: expect.stringContaining('/graphql') });
  });

  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
    it(`is not opened for a page of ${origin}`, async () => {
      await expect(openSocket(gateway, { origin })).rejects.toThrow('403');
      const { status, text } = await upgrade('/graphql', { origin });
      expect(status).toBe(403);
      expect(JSON.parse(text)).toEqual({ status, code: 'FORBIDDEN', message: expect.stringContaining('this origin') });
    });
  }

  it('is opened for a page of ours', async () => {
    const socket = await openSocket(gateway, { origin: gateway.url });
    socket.close();
    expect((await socket.closed).code).toBe(1005);
  });
});

describe('an operation that was fine', () => {
  it('is answered although the one before was refused', async () => {
    await post(question, { origin: 'https://evil.example' });
    expect((await ask(gateway, '{ viewer { merchant { id } } }')).data).toBeDefined();
  });
});
