import { describe, expect, it } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../../client/src/index.ts';

/** A client with a fetch of the program's own, which does this and looks at no signal. */
function clientWith(fetch: () => Promise<Response>, options: Partial<ClientOptions> = {}): Client {
  return createClient({ url: 'https://pay.example', apiKey: 'bk_test_any', retries: 0, fetch, ...options });
}

const never = (): Promise<never> => new Promise(() => {});

/** A stream whose reader waits, and what is told when it is not read any more. */
function openStream() {
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<unknown>();
  return { stream: new ReadableStream({ cancel }), cancelled };
}

describe('A fetch that looks at no signal', () => {
  const deaf: [string, () => Promise<Response>][] = [
    ['never answers', never],
    ['never gives the body of its answer', async () => new Response(openStream().stream)],
  ];

  it.each(deaf)('keeps no call longer than timeoutMs: it %s', async (_, fetch) => {
    const call = clientWith(fetch, { timeoutMs: 20 }).shop('any');
    await expect(call).rejects.toMatchObject({ code: 'NO_ANSWER' });
  });

  it.each(deaf)('keeps no call whose signal is aborted: it %s', async (_, fetch) => {
    const ending = new AbortController();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const told = () => {
      begin();
      return fetch();
    };
    const call = clientWith(told).shop('any', { signal: ending.signal });
    await begun;
    ending.abort(new Error('left'));
    await expect(call).rejects.toThrow('left');
  });

  it.each(deaf)('keeps no events that are left: it %s', async (_, fetch) => {
    const events = clientWith(fetch).events({ shopId: 'any' });
    const waiting = events.next();
    expect(await events.return()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('has an answer that comes too late put away, and may fail too late', async () => {
    const late = Promise.withResolvers<Response>();
    const { stream, cancelled } = openStream();
    const call = clientWith(() => late.promise, { timeoutMs: 1 }).shop('any');
    await expect(call).rejects.toMatchObject({ code: 'NO_ANSWER' });
    late.resolve(new Response(stream));
    expect(await cancelled).toBeInstanceOf(Error);

    const failing = Promise.withResolvers<Response>();
    const other = clientWith(() => failing.promise, { timeoutMs: 1 }).shop('any');
    await expect(other).rejects.toMatchObject({ code: 'NO_ANSWER' });
    failing.reject(new Error('Too late.'));
    // Vitest fails a run in which a rejection was not handled, and Node tells of it before this.
    await new Promise((done) => setImmediate(done));
  });
});

it('A call leaves nothing at a signal that lives longer', async () => {
  const { signal } = new AbortController();
  const left: unknown[] = [];
  let most = 0;
  signal.addEventListener = (_: string, listener: unknown) => {
    most = left.push(listener);
  };
  signal.removeEventListener = (_: string, listener: unknown) => left.splice(left.indexOf(listener), 1);
  const answer = async () => Response.json({ data: { shop: null } });
  expect(await clientWith(answer).shop('any', { signal })).toBeNull();
  expect({ most, left }).toEqual({ most: 1, left: [] });
});
