import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/auth/actor.ts';
import { newApiKey } from '../../src/auth/model.ts';
import { schema } from '../../src/graphql/schema.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Operation, overSse, overWebSocket, type Result } from '../support/live.ts';
import { isOfMerchants, walkSchema } from './walk-schema.ts';
import { allScopes, createPayment, giveKey } from './world.ts';

const operations = walkSchema().filter(isOfMerchants);
/** The same without fields that name a scope. */
const openOperations = walkSchema(/Scope: /);
const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
const nobody = '00000000-0000-4000-8000-000000000000';

let gateway: TestGateway;
/** By scope, a key that has every other, and one that has no other. */
const without = new Map<Scope, string>();
const withOnly = new Map<Scope, string>();
const bad: Record<string, string | null> = {};
/** A payment that is split. */
let basketId: string;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
  const { merchantId, restToken, apiKey } = gateway.demo;
  const give = async (values: object) => (await giveKey(gateway.database, { merchantId, ...values })).secret;
  for (const scope of allScopes) {
    without.set(scope, await give({ scopes: allScopes.filter((other) => other !== scope) }));
    withOnly.set(scope, await give({ scopes: [scope] }));
  }
  const past = new Date('2026-01-01T00:00:00.000Z');
  bad['no key'] = null;
  bad['an expired key'] = await give({ expiresAt: past });
  bad['a revoked key'] = await give({ revokedAt: past });
  bad['a key that nobody has'] = newApiKey('test');
  bad['a key with a wrong letter'] = `${apiKey.slice(0, -1)}${apiKey.endsWith('0') ? '1' : '0'}`;
  bad['half a key'] = apiKey.slice(0, 30);
  bad['a token of the REST door'] = restToken;
  const shares = [{ iban: '72105000028166973380325415', amount: 100, label: 'Odbiorca' }];
  basketId = await createPayment(gateway, { key: apiKey, shopId: gateway.demo.shopId, mark: 'basket', shares });
});

afterAll(() => gateway.stop());

const idFor = (path: string): unknown => (path.endsWith('.after') ? undefined : nobody);
const noIdFor = (path: string): unknown => (path.endsWith('.after') ? undefined : 'no id at all');

function codeOf(result: Result | undefined, field: string): unknown {
  const [error] = result?.errors ?? [];
  if (error) return error.extensions?.code;
  const value = (result?.data as Record<string, { Refusal_code?: string } | null> | null | undefined)?.[field];
  return value?.Refusal_code;
}

const http = async ({ query, variables = {}, key = null }: Operation): Promise<Result> =>
  (await ask(gateway, query, { variables, key })) as Result;

const sse = async (operation: Operation): Promise<Result | undefined> => {
  const stream = await overSse(gateway, operation);
  const result = await stream.next();
  stream.end();
  return result;
};

const webSocket = async (operation: Operation): Promise<Result | undefined> => {
  const stream = await overWebSocket(gateway, operation);
  const result = await stream.next();
  stream.end();
  return result;
};

for (const operation of operations) {
  const { name, field, kind, query } = operation;
  const [, named] = /Scope: ([a-z]+:[a-z]+)/.exec(operation.description) ?? [];
  const scope = named as Scope | undefined;
  const ways =
    kind === 'subscription' ? { SSE: sse, WebSocket: webSocket } : { HTTP: http, SSE: sse, WebSocket: webSocket };

  describe(name, () => {
    it('needs a good key before it looks at anything else', async () => {
      const sends = Object.entries(bad).flatMap(([what, key]) =>
        [idFor, noIdFor].map(async (ids) => {
          const sent = { query, variables: operation.variables(ids), key };
          return [what, codeOf(await (kind === 'subscription' ? sse(sent) : http(sent)), field)];
        }),
      );
      for (const [what, code] of await Promise.all(sends)) expect([what, code]).toEqual([what, 'UNAUTHENTICATED']);
    });

    if (scope === undefined) return;

    for (const [way, send] of Object.entries(ways)) {
      it(`over ${way} is forbidden to a key that has every scope but ${scope}`, async () => {
        const key = without.get(scope);
        for (const ids of [idFor, noIdFor]) {
          expect(codeOf(await send({ query, variables: operation.variables(ids), key }), field)).toBe('FORBIDDEN');
        }
      });
    }

    it(`is open to a key that has only ${scope}, but for fields that name a scope of their own`, async () => {
      const send = kind === 'subscription' ? sse : http;
      const { query: open = '' } = openOperations.find((other) => other.name === name) ?? {};
      const result = await send({ query: open, variables: operation.variables(idFor), key: withOnly.get(scope) });
      const code = codeOf(result, field);
      expect(['FORBIDDEN', 'UNAUTHENTICATED', 'INTERNAL_SERVER_ERROR']).not.toContain(code);
    });
  });
}

/** Fields below the operations that name a scope, and a question that reaches each; the id is that of a payment or shop. */
const questions: Readonly<Record<string, string>> = {
  ...{
    'Merchant.address': '{ viewer { merchant { address } } }',
    'Merchant.contract': '{ viewer { merchant { contract { signedAt } } } }',
    'Merchant.email': '{ viewer { merchant { email } } }',
    'Merchant.messages': '{ viewer { merchant { messages { id } } } }',
    'Merchant.payoutAccountChanges': '{ viewer { merchant { payoutAccountChanges { id } } } }',
    'Merchant.payoutAccounts': '{ viewer { merchant { payoutAccounts { iban } } } }',
    'PayoutAccount.heldBy': '{ viewer { merchant { payoutAccounts { heldBy { id } } } } }',
    'Viewer.apiKeys': '{ viewer { apiKeys { id } } }',
    'Viewer.restTokens': '{ viewer { restTokens { id } } }',
  },
  ...{
    'Recipient.balances': 'query($id: ID!) { payment(id: $id) { shares { recipient { balances { amount } } } } }',
    'Recipient.payouts':
      'query($id: ID!) { payment(id: $id) { shares { recipient { payouts { edges { cursor } } } } } }',
    'Shop.balances': 'query($id: ID!) { payment(id: $id) { shop { balances { amount } } } }',
    ...Object.fromEntries(
      [
        ...['cart { items { edges { cursor } } }', 'customer { email }', 'customerId', 'description', 'failureUrl'],
        ...['invoice { number }', 'notificationUrl', 'returnUrl', 'successUrl'],
      ].map((field) => [
        `Payment.${field.split(' ')[0]}`,
        // What a mutation answers is reached without payments:read.
        `mutation($id: ID!) { cancelPayment(input: { paymentId: $id }) { ... on CancelPaymentSuccess { payment { ${field} } } } }`,
      ]),
    ),
    'Shop.notificationUrl': 'query($id: ID!) { payment(id: $id) { shop { notificationUrl } } }',
    'Shop.paymentValiditySeconds': 'query($id: ID!) { payment(id: $id) { shop { paymentValiditySeconds } } }',
  },
};

describe('A field with a scope of its own', () => {
  const scoped = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !roots.has(type)
      ? Object.values(type.getFields()).flatMap(({ name, description }) => {
          const [, scope] = /Scope: ([a-z]+:[a-z]+)/.exec(description ?? '') ?? [];
          return scope === undefined ? [] : [{ path: `${type}.${name}`, scope: scope as Scope }];
        })
      : [],
  );

  it('has a question here', () => {
    expect(scoped.map(({ path }) => path).sort()).toEqual(Object.keys(questions).sort());
  });

  for (const { path, scope } of scoped) {
    it(`${path} is refused without ${scope}, wherever it is reached from`, async () => {
      const ask = { query: questions[path] ?? '', variables: { id: basketId } };
      const { errors } = await http({ ...ask, key: without.get(scope) });
      expect(new Set(errors?.map(({ extensions }) => extensions?.code))).toEqual(new Set(['FORBIDDEN']));
      expect(JSON.stringify(errors)).toContain(`lacks the scope ${scope}`);
      expect((await http({ ...ask, key: gateway.demo.apiKey })).errors).toBeUndefined();
    });
  }
});

describe('viewer.apiKeys', () => {
  it('needs keys:write', async () => {
    const query = '{ viewer { merchant { id } apiKeys { id } } }';
    expect(codeOf(await http({ query, key: without.get('keys:write') }), 'viewer')).toBe('FORBIDDEN');
    expect((await http({ query, key: withOnly.get('keys:write') })).errors).toBeUndefined();
  });
});

it('uses every scope that a key can have, but those that only fields have', () => {
  const used = operations.map(({ description }) => /Scope: ([a-z]+:[a-z]+)/.exec(description)?.[1]);
  expect([...new Set([...used, 'schema:read', 'contract:read', undefined])].sort()).toEqual(
    [...allScopes, undefined].sort(),
  );
});
