import { createClient } from '@bramka/client';
import { expect, it } from 'vitest';
import { pay } from '../../cli/src/pay.ts';
import { answerSubscriptions } from '../client/answer-subscriptions.ts';

it('Nothing is paid, nor made, by whom the gateway lets follow no events, and it says why', async () => {
  const gateway = await answerSubscriptions({ subscribed: () => {}, refused: [1013, 'Too much is open; end some.'] });
  const asked: string[] = [];
  const fetch = async (_url: unknown, { body }: { readonly body?: unknown } = {}) => {
    asked.push(String(body));
    return Response.json({ data: { events: { startOfLog: 'at 0', endOfLog: 'at 0' } } });
  };
  const apiKey = 'bk_test_any';
  const said: string[] = [];
  const terminal = {
    client: createClient({ url: gateway.url, apiKey, fetch: fetch as typeof globalThis.fetch }),
    settings: {
      ...{ url: gateway.url, apiKey, shopId: 'shop-1', dataDir: '.', merchantId: undefined },
      ...{ serviceKey: undefined, webhookSecret: undefined },
    },
    ...{ signal: new AbortController().signal, json: false },
    print: async (line: string) => void said.push(line),
    say: (line: string) => void said.push(line),
  };
  const options = { amount: 1_234, currency: 'PLN', blik: '123456', pay: true, timeout: 60 } as const;
  await expect(pay(terminal, options)).rejects.toThrow(
    'The gateway closed the connection: Too much is open; end some.',
  );
  expect(asked.filter((body) => body.includes('mutation'))).toEqual([]);
  expect(said).toEqual([]);
});
