import { describe, expect, it } from 'vitest';
import { BramkaError, type Client, createClient } from '../../client/src/index.ts';
import { answerSubscriptions } from './answer-subscriptions.ts';
import { bare } from './bare-events.ts';

/** A client of a gateway whose log ends at 0, and which tells one event at once to whoever subscribes. */
async function openClient(): Promise<Client> {
  const gateway = await answerSubscriptions({
    subscribed: (say) => say('next', { data: { events: { cursor: 'at 1', number: 1 } } }),
  });
  const fetch = async () => Response.json({ data: { events: { startOfLog: 'at 0', endOfLog: 'at 0' } } });
  return createClient({ url: gateway.url, apiKey: 'bk_test_any', fetch, pauses: { firstMs: 1, longestMs: 1 } });
}

describe('The place where events begin', () => {
  it('is kept before the first event comes, however long that takes', async () => {
    const client = await openClient();
    const kept: string[] = [];
    const onStart = async (cursor: string) => {
      // So slowly that twice an event has come to others meanwhile.
      for (const after of ['first', 'second']) {
        const others = client.eventsOf(bare, { shopId: 'any', after });
        await others.next();
        await others.return();
      }
      kept.push(cursor);
    };
    for await (const { cursor } of client.eventsOf(bare, { shopId: 'any', onStart })) {
      kept.push(cursor);
      break;
    }
    expect(kept).toEqual(['at 0', 'at 1']);
  });

  it.each([
    ['any error', new Error('No room.')],
    ['an error of a client, which would be tried again', new BramkaError('CONNECTION_FAILED', 'Not reached.')],
  ])('ends the events when it cannot be kept, by throwing %s', async (_, error) => {
    const client = await openClient();
    const told: string[] = [];
    const onRetry = ({ code }: BramkaError) => told.push(code);
    const onStart = () => Promise.reject(error);
    await expect(client.eventsOf(bare, { shopId: 'any', onStart, onRetry }).next()).rejects.toBe(error);
    expect(told).toEqual([]);
  });

  it('is waited for no longer when the events are left', async () => {
    const client = await openClient();
    const { promise: begun, resolve: begin } = Promise.withResolvers<string>();
    const onStart = (cursor: string): Promise<void> => {
      begin(cursor);
      return new Promise(() => {});
    };
    const events = client.eventsOf(bare, { shopId: 'any', onStart });
    const waiting = events.next();
    expect(await begun).toBe('at 0');
    expect(await events.return()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
