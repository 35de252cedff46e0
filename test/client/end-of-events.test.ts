import { describe, expect, it, vi } from 'vitest';
import { WebSocket as ws } from 'ws';
import { type BramkaError, type Client, createClient } from '../../client/src/index.ts';
import { type Answers, answerSubscriptions, type Close, type Say } from './answer-subscriptions.ts';
import { bare } from './bare-events.ts';

const nothingMore = { done: true, value: undefined };

let gateway: Awaited<ReturnType<typeof answerSubscriptions>>;

const tell = (say: Say, number: number): void => say('next', { data: { events: { cursor: `at ${number}`, number } } });

/** Tells these events at once to whoever subscribes. */
const telling = (...numbers: number[]): Answers => ({
  subscribed: (say) => {
    for (const number of numbers) tell(say, number);
  },
});

/** A client of a gateway that gives these answers. */
async function clientOf(answers: Answers, heartbeatMs?: number): Promise<Client> {
  gateway = await answerSubscriptions(answers);
  return createClient({ url: gateway.url, apiKey: 'bk_test_any', heartbeatMs, pauses: { firstMs: 1, longestMs: 5 } });
}

describe('Events that are left while the next one is waited for', () => {
  it('end at once by return(), and so does what waits', async () => {
    const client = await clientOf({ subscribed: (say) => tell(say, 1) });
    const events = client.eventsOf(bare, { shopId: 'any', after: 'at 0' });
    expect((await events.next()).value).toMatchObject({ number: 1 });
    const waiting = [events.next(), events.next()];
    expect(await events.return()).toEqual(nothingMore);
    expect(await Promise.all(waiting)).toEqual([nothingMore, nothingMore]);
    expect(await events.next()).toEqual(nothingMore);
    await expect.poll(() => gateway.open()).toBe(0);
  });

  it('end at once by throw(), which throws what it is given', async () => {
    const client = await clientOf({ subscribed: (say) => tell(say, 1) });
    const events = client.eventsOf(bare, { shopId: 'any', after: 'at 0' });
    expect((await events.next()).value).toMatchObject({ number: 1 });
    const waiting = events.next();
    await expect(events.throw(new Error('enough'))).rejects.toThrow('enough');
    expect(await waiting).toEqual(nothingMore);
    await expect.poll(() => gateway.open()).toBe(0);
  });

  it('end at once while a lost connection is waited for', async () => {
    const pauses = { firstMs: 2 ** 30, longestMs: 2 ** 30 };
    const nowhere = createClient({ url: 'http://127.0.0.1:1', apiKey: 'bk_test_any', pauses });
    const { promise: resting, resolve: onRetry } = Promise.withResolvers<unknown>();
    const events = nowhere.eventsOf(bare, { shopId: 'any', after: 'at 0', onRetry });
    const waiting = events.next();
    await resting;
    expect(await events.return()).toEqual(nothingMore);
    expect(await waiting).toEqual(nothingMore);
  });

  it('open no connection that stays, however soon they are left', async () => {
    const client = await clientOf(telling(1));
    const follow = () => client.eventsOf(bare, { shopId: 'any', after: 'at 0' });
    for (let turns = 0; turns < 40; turns += 1) {
      const events = follow();
      const waiting = events.next();
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      await events.return();
      expect(await waiting).toEqual(nothingMore);
    }
    // Once this one has come, those have come too that were begun before it.
    const last = follow();
    await last.next();
    await last.return();
    await expect.poll(() => gateway.open()).toBe(0);
  });

  it('leave nothing at a signal that lives longer', async () => {
    const client = await clientOf({ subscribed: (say) => tell(say, 1) });
    const { signal } = new AbortController();
    const left: unknown[] = [];
    signal.addEventListener = (_: string, listener: unknown) => left.push(listener);
    signal.removeEventListener = (_: string, listener: unknown) => left.splice(left.indexOf(listener), 1);
    const events = client.eventsOf(bare, { shopId: 'any', after: 'at 0', signal });
    await events.next();
    expect(left).not.toEqual([]);
    await events.return();
    expect(left).toEqual([]);
  });
});

describe('Events that have arrived', () => {
  it('come no more when their signal is aborted meanwhile', async () => {
    const client = await clientOf(telling(1, 2, 3));
    const ending = new AbortController();
    const numbers: number[] = [];
    for await (const { number } of client.eventsOf(bare, { shopId: 'any', after: 'at 0', signal: ending.signal })) {
      numbers.push(number);
      // Meanwhile an event has come even to somebody who connects only now.
      const others = client.eventsOf(bare, { shopId: 'any', after: 'at 0' });
      await others.next();
      await others.return();
      ending.abort();
    }
    expect(numbers).toEqual([1]);
  });

  it('are passed over when they come again', async () => {
    const client = await clientOf(telling(1, 2, 2, 1, 3));
    const numbers: number[] = [];
    for await (const { number } of client.eventsOf(bare, { shopId: 'any', after: 'at 0' })) {
      numbers.push(number);
      if (number === 3) break;
    }
    expect(numbers).toEqual([1, 2, 3]);
  });
});

describe('Events go on by themselves behind the last one', () => {
  /** Follows through these answers, the first of which breaks off behind event 1; gives why, and from where it went on. */
  async function through(answer: (say: Say) => void, heartbeatMs?: number) {
    const places: unknown[] = [];
    const subscribed: Answers['subscribed'] = (say, after) => {
      places.push(after);
      tell(say, after === 'at 0' ? 1 : 2);
      if (after === 'at 0') answer(say);
    };
    const client = await clientOf({ subscribed }, heartbeatMs);
    const why: string[] = [];
    const onRetry = ({ code }: BramkaError) => why.push(code);
    const numbers: number[] = [];
    for await (const { number } of client.eventsOf(bare, { shopId: 'any', after: 'at 0', onRetry })) {
      numbers.push(number);
      if (number === 2) break;
    }
    expect({ numbers, place: places.at(-1) }).toEqual({ numbers: [1, 2], place: 'at 1' });
    return why;
  }

  it('when the gateway falls silent, although nothing closes the connection', async () => {
    expect(await through(() => {}, 100)).toContain('CONNECTION_FAILED');
  });

  it('after a pause when the gateway ends them again and again before it has told any', async () => {
    let times = 0;
    const subscribed = (say: Say): void => {
      times += 1;
      if (times < 4) say('complete');
      else tell(say, 1);
    };
    const client = await clientOf({ subscribed });
    const why: string[] = [];
    const onRetry = ({ message }: BramkaError) => why.push(message);
    const events = client.eventsOf(bare, { shopId: 'any', after: 'at 0', onRetry });
    expect((await events.next()).value).toMatchObject({ number: 1 });
    await events.return();
    expect(why).toEqual(Array.from({ length: 3 }, () => 'The gateway ended the subscription.'));
  });

  it('and stay with a gateway that took the connection in time, however late it tells of something', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const [asked, why] = [Promise.withResolvers<Say>(), [] as string[]];
      gateway = await answerSubscriptions({ subscribed: asked.resolve });
      const client = createClient({ url: gateway.url, apiKey: 'bk_test_any', timeoutMs: 100 });
      const onRetry = ({ code }: BramkaError) => why.push(code);
      const events = client.eventsOf(bare, { shopId: 'any', after: 'at 0', onRetry });
      const waiting = events.next();
      const say = await asked.promise;
      vi.advanceTimersByTime(1_000);
      tell(say, 1);
      expect([(await waiting).value, why]).toMatchObject([{ number: 1 }, []]);
      await events.return();
    } finally {
      vi.useRealTimers();
    }
  });

  it('and stay with a gateway that has nothing to tell, but answers', async () => {
    const ping: Answers['ping'] = (say, count) => {
      if (count === 2) tell(say, 2);
    };
    const client = await clientOf({ subscribed: (say) => tell(say, 1), ping }, 2_000);
    let connections = 0;
    const onConnect = () => {
      connections += 1;
    };
    const events = client.eventsOf(bare, { shopId: 'any', after: 'at 0', onConnect });
    for await (const { number } of events) if (number === 2) break;
    expect(connections).toBe(1);
  });

  it.each(['SLOW_CONSUMER', 'RATE_LIMITED', 'TIMEOUT', 'INTERNAL_SERVER_ERROR'])(
    'when the gateway ends them with %s',
    async (code) => {
      const errors = [{ message: 'Not now.', extensions: { code, cursor: 'at 1' } }];
      const answer = (say: Say): void => {
        say('next', { data: null, errors });
        say('complete');
      };
      expect(await through(answer)).toEqual([code]);
    },
  );
});

describe('What the gateway says when it closes the connection', () => {
  /** What is said of a connection that is closed so, behind the first event. */
  async function saidOf(close: (close: Close) => void, WebSocket?: typeof globalThis.WebSocket): Promise<string> {
    const { url } = await answerSubscriptions({ subscribed: (_say, _after, closing) => close(closing) });
    const client = createClient({ url, apiKey: 'bk_test_any', ...(WebSocket ? { WebSocket } : {}) });
    const { promise: said, resolve: onRetry } = Promise.withResolvers<BramkaError>();
    const events = client.eventsOf(bare, { shopId: 'any', after: 'at 0', onRetry });
    const next = events.next();
    const error = await Promise.race([
      said,
      next.then(
        () => expect.unreachable(),
        (thrown: BramkaError) => thrown,
      ),
    ]);
    await events.return();
    return `${error.code}: ${error.message}`;
  }

  it.each([
    [1013, 'Try again later', 'CONNECTION_FAILED: The gateway closed the connection: Try again later.'],
    [4500, 'Two\r\nlines.', 'CONNECTION_FAILED: The gateway closed the connection: Two lines.'],
    [4400, 'No id', 'BAD_ANSWER: The gateway did not understand the client. It said: No id.'],
    [4500, '', 'CONNECTION_FAILED: The connection to the gateway was lost.'],
    // Not what a proxy says.
    [1001, 'Bye', 'CONNECTION_FAILED: The connection to the gateway was lost.'],
    [1012, 'Resume elsewhere', 'CONNECTION_FAILED: The gateway is restarting.'],
  ])('is told, of code %i and "%s"', async (code, reason, sentence) => {
    expect(await saidOf((close) => close(code, reason))).toBe(sentence);
  });

  it('is told no further than such a reason goes, whatever makes the WebSocket', async () => {
    class Talkative extends ws {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        const talk = (listener: (event: object) => void): unknown =>
          this.on('close', () => listener({ code: 1013, reason: 'a'.repeat(100_000) }));
        Object.defineProperty(this, 'onclose', { set: talk });
      }
    }
    const said = await saidOf((close) => close(1013), Talkative as never);
    expect(said).toBe(`CONNECTION_FAILED: The gateway closed the connection: ${'a'.repeat(123)}.`);
  });
});
