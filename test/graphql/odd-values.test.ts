import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { walkSchema } from './walk-schema.ts';
import { createPayment } from './world.ts';

let gateway: TestGateway;
let paymentId: string;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
  paymentId = await createPayment(gateway, { key: gateway.demo.apiKey, shopId: gateway.demo.shopId, mark: 'odd' });
});

afterAll(() => gateway.stop());

const odd: readonly unknown[] = [
  ...['', ' ', '\0', 'a\0b', '\ud800', '\u202e', '%00', '\r\nX: y', "' or 1=1 --", 'x'.repeat(100_000)],
  ...[
    '0000-00-00T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00+99:99',
  ],
  ...[-1, 0, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, true, [], [[]], {}, { length: 1 }, null],
];

type Leaf = { readonly path: string; readonly set: (value: unknown) => Record<string, unknown> };

/** Every value inside some variables, with a way to put another in its place. */
function leavesOf(variables: Record<string, unknown>, path: readonly string[] = []): Leaf[] {
  const inside = path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], variables);
  if (typeof inside === 'object' && inside !== null && !Array.isArray(inside)) {
    return Object.keys(inside).flatMap((name) => leavesOf(variables, [...path, name]));
  }
  const set = (value: unknown): Record<string, unknown> => {
    const copy = structuredClone(variables);
    const holder = path.slice(0, -1).reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], copy);
    (holder as Record<string, unknown>)[path.at(-1) ?? ''] = value;
    return copy;
  };
  return [{ path: path.join('.'), set }];
}

function idFor(path: string): unknown {
  if (/shopId$|shop\.id$/.test(path)) return gateway.demo.shopId;
  if (/payment/i.test(path)) return paymentId;
  if (/merchantId$/.test(path)) return gateway.demo.merchantId;
  return /after$/.test(path) ? 'cursor' : '00000000-0000-4000-8000-000000000000';
}

describe('a value that nobody expected', () => {
  // What subscriptions take, queries take as well; and a subscription that is taken would say nothing.
  for (const operation of walkSchema().filter(({ kind }) => kind !== 'subscription')) {
    it(`is refused or taken by ${operation.name}, and never an error of ours`, async () => {
      const { apiKey, operatorKey } = gateway.demo;
      const key = operation.description.includes('Operators only') ? operatorKey : apiKey;
      for (const leaf of leavesOf(operation.variables(idFor))) {
        const texts = await Promise.all(
          odd.map(async (value) => {
            const sent = { key, variables: leaf.set(value) };
            return JSON.stringify(await ask(gateway, operation.query, sent));
          }),
        );
        for (const [index, text] of texts.entries()) {
          expect([leaf.path, odd[index], /INTERNAL_SERVER_ERROR|TIMEOUT/.test(text)]).toEqual([
            leaf.path,
            odd[index],
            false,
          ]);
        }
      }
    });
  }

  it('is said to be wrong when it is a day that no calendar has', async () => {
    for (const moment of [
      '2026-02-30T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2025-02-29T12:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:00:00+99:99',
    ]) {
      const answer = await ask(
        gateway,
        'query($id: ID!, $at: DateTime) { payments(shopId: $id, filter: { createdFrom: $at }) { edges { cursor } } }',
        {
          variables: { id: gateway.demo.shopId, at: moment },
        },
      );
      expect([moment, answer.errors?.[0]?.extensions.code]).toEqual([moment, 'INVALID_INPUT']);
    }
  });
});
