import { describe, expect, it } from 'vitest';
import {
  type BramkaError,
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
} from '../../client/src/index.ts';
import { bare } from './bare-events.ts';

const nowhere = { url: 'http://127.0.0.1:1', apiKey: 'bk_test_any' };

/** A client whose gateway has nothing, and what it was asked. */
function openClient() {
  const asked: { readonly query: string; readonly variables: object }[] = [];
  const nothing = { edges: [], pageInfo: {} };
  const fetch: ClientOptions['fetch'] = async (_, init) => {
    asked.push(JSON.parse(String(init?.body)));
    return Response.json({ data: { payment: null, payments: nothing, events: nothing } });
  };
  return { client: createClient({ ...nowhere, fetch }), asked };
}

describe('The pauses of a client', () => {
  /** The pause before the third try. */
  async function third(pauses: ClientOptions['pauses']): Promise<number> {
    const told: number[] = [];
    const ending = new AbortController();
    const onRetry = (_: BramkaError, pauseMs: number) => {
      if (told.push(pauseMs) === 3) ending.abort();
    };
    const client = createClient({ ...nowhere, pauses });
    await client.eventsOf(bare, { shopId: 'any', after: 'any', signal: ending.signal, onRetry }).next();
    return told[2] ?? Number.NaN;
  }

  it.each([
    [{ firstMs: 1 }, { least: 2, most: 4 }],
    [
      { firstMs: 1, longestMs: undefined },
      { least: 2, most: 4 },
    ],
    [{ longestMs: 2 }, { least: 1, most: 2 }],
    [
      { firstMs: undefined, longestMs: 2 },
      { least: 1, most: 2 },
    ],
  ])('are those that are usual where one is left out: %o', async (pauses, { least, most }) => {
    const pauseMs = await third(pauses);
    expect(pauseMs).toBeGreaterThanOrEqual(least);
    expect(pauseMs).toBeLessThanOrEqual(most);
  });

  it.each([
    [{ first: 5, longestMs: 5 }, 'pauses takes no option first; it takes firstMs, longestMs.'],
    [5, 'pauses takes an object of options.'],
    [null, 'pauses takes an object of options.'],
    [{ firstMs: -1 }, 'pauses.firstMs must be a whole number from 0 to 2147483647.'],
  ])('have no other names and values than those there are: %o', (pauses, sentence) => {
    expect(() => createClient({ ...nowhere, pauses: pauses as never })).toThrow(new TypeError(sentence));
  });
});

describe('A call', () => {
  const query = '{ payment(id: "a") { id } }';
  const calls: [string, (client: Client, options: CallOptions) => Promise<unknown>][] = [
    ['of a method for one', (client, options) => client.payment('any', options)],
    ['of a method for many', (client, options) => client.payments({ shopId: 'any' }, options)],
    ['of a mutation', (client, options) => client.cancelPayment({ paymentId: 'any' }, options)],
    ['of resendWebhook', (client, options) => client.resendWebhook('any', options)],
    ['of request', (client, options) => client.request(query, {}, options)],
  ];

  it.each(calls)('%s takes no other option than a signal, and sends nothing with one', async (_, call) => {
    const { client, asked } = openClient();
    const wrong = { text: '{ __typename }', variables: { shopId: 'another' }, repeatable: true };
    await expect(call(client, wrong as object)).rejects.toThrow(
      new TypeError('A call takes no option text; it takes signal.'),
    );
    await expect(call(client, 3 as never)).rejects.toThrow(new TypeError('A call takes an object of options.'));
    expect(asked).toEqual([]);
  });

  it('may be made without options', async () => {
    const { client, asked } = openClient();
    await client.request(query, {}, undefined);
    await client.request(query, {}, {});
    await client.request(query, {}, { signal: undefined });
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['payments', 'filtre', 'payments takes no option filtre; it takes shopId, filter, first, after, last, before.'],
    ['eventPage', 'filter', 'eventPage takes no option filter; it takes shopId, after, first, last, types.'],
  ] as const)('of %s loses no variable that it does not know: %s', async (method, name, sentence) => {
    const { client, asked } = openClient();
    const call = client[method]({ shopId: 'any', [name]: { orderId: 'A' } });
    await expect(call).rejects.toThrow(new TypeError(sentence));
    expect(asked).toEqual([]);
    await client[method]({ shopId: 'any', first: 5, after: undefined });
    expect(asked).toMatchObject([{ variables: { shopId: 'any', first: 5 } }]);
  });
});
