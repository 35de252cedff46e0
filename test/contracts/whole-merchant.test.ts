import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allScopes, giveKey } from '../graphql/world.ts';
import { type Answer, ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

const merchantFields = ['email', 'address', 'contract { endsAt }', 'payoutAccounts { iban }'];
const reads = [...merchantFields, 'payoutAccountChanges { iban }', 'messages { text }'].map(
  (field) => [`viewer.merchant.${field}`, 'contract:read', `{ viewer { merchant { ${field} } } }`] as const,
);
const mutation = (name: string, input: string) =>
  `mutation { ${name}${input && `(${input})`} { __typename ... on Refusal { code } } }`;
const key = () => `idempotencyKey: "${randomUUID()}"`;
const iban = 'PL74999000090000000000000001';
/** The one with the largest effect comes last. */
const writes = [
  ['submitShop', `input: { ${key()}, name: "Noże", url: "https://noze.example" }`],
  ['requestPayoutAccount', `input: { ${key()}, currency: EUR, iban: "${iban}" }`],
  ['cancelPayoutAccountChange', `id: "${randomUUID()}"`],
  ['sendMessage', `input: { ${key()}, text: "Hello." }`],
  ['advanceClock', 'input: { until: "2026-01-01T00:00:00Z" }'],
  ['giveNotice', ''],
].map(([name = '', input = '']) => [name, 'contract:write', mutation(name, input)] as const);
const token = ['createRestToken', 'keys:write', mutation('createRestToken', 'input: { name: "x" }')] as const;

const codeOf = ({ data, errors }: Answer<Record<string, { code?: string } | null> | null>): unknown =>
  errors?.[0]?.extensions.code ?? Object.values(data ?? {})[0]?.code;

describe('What belongs to the merchant as a whole', () => {
  it.each([...reads, token, ...writes])(
    '%s is for no key of one shop, and none without the scope %s',
    async (_name, scope, query) => {
      const { merchantId, shopId } = gateway.demo;
      const give = async (values: object) => (await giveKey(gateway.database, { merchantId, ...values })).secret;
      const bound = await give({ shopId });
      const narrow = await give({ scopes: allScopes.filter((held) => held !== scope) });
      for (const secret of [bound, narrow])
        expect(codeOf(await ask(gateway, query, { key: secret }))).toBe('FORBIDDEN');
      expect(codeOf(await ask(gateway, query))).not.toBe('FORBIDDEN');
    },
  );

  it('is every operation that asks for a scope of contracts', async () => {
    const printed = await ask<{ __schema: object }>(gateway, '{ __schema { types { fields { name description } } } }');
    const described = JSON.stringify(printed.data).matchAll(
      /"name":"(\w+)","description":"[^"]*Scope: (contract:\w+)/g,
    );
    const named = [...described].map(([, name, scope]) => `${name} ${scope}`);
    const tested = [...reads, ...writes].map(([name, scope]) => `${/\w+(?= \{|$)/.exec(name)?.[0]} ${scope}`);
    expect(tested.sort()).toEqual(named.sort());
  });
});
