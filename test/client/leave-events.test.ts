import { afterEach, describe, expect, it } from 'vitest';
import {
  type Client,
  createClient,
  type EventsVariables,
  type Located,
  type TypedDocument,
} from '../../client/src/index.ts';
import { answerSubscriptions, type Say } from './answer-subscriptions.ts';

const bare = `subscription ($shopId: ID!, $after: Cursor, $types: [EventType!]) {
  events(shopId: $shopId, after: $after, types: $types) { cursor number }
}` as TypedDocument<{ readonly events: Located }, EventsVariables>;
const nothingMore = { done: true, value: undefined };

type Gateway = Awaited<ReturnType<typeof answerSubscriptions>>;
let gateway: Gateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const tell = (say: Say, number: number): void => say('next', { data: { events: { cursor: `at ${number}`, number } } });

/** A client of a gateway that gives these answers to subscriptions, each in its turn, and then the last again. */
async function clientOf(answer: Parameters<typeof answerSubscriptions>[0], heartbeatMs?: number): Promise<Client> {
  gateway = await answerSubscriptions(answer);
  return createClient({ url: gateway.url, apiKey: 'bk_test_any', heartbeatMs, pauses: { firstMs: 1, longestMs: 5 } });
}

describe('Events that are left while the next one is waited for', () => {
  it('end at once by return(), and so does what waits', async () => {
    const client = await clientOf((say) => tell(say, 1));
    const events = client.eventsOf(bare, { shopId: 'any', after: 'at 0' });
    expect((await events.next()).value).toMatchObject({ number: 1 });
    const waiting = [events.next(), events.next()];
    expect(await events.return()).toEqual(nothingMore);
    expect(await Promise.all(waiting)).toEqual([nothingMore, nothingMore]);
    expect(await events.next()).toEqual(nothingMore);
    await expect.poll(() => gateway?.open()).toBe(0);
  });

  it('end at once by throw(), which throws what it is given', async () => {
    const client = await clientOf((say) => tell(say, 1));
    const events = client.eventsOf(bare, { shopId: 'any', after: 'at 0' });
    expect((await events.next()).value).toMatchObject({ number: 1 });
    const waiting = events.next();
    await expect(events.throw(new Error('enough'))).rejects.toThrow('enough');
    expect(await waiting).toEqual(nothingMore);
    await expect.poll(() => gateway?.open()).toBe(0);
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

  it('leave nothing at a signal that lives longer', async () => {
    const client = await clientOf((say) => tell(say, 1));
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
