import { isScalarType, isSpecifiedScalarType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

const whole = 'Expected a whole number';
const minor = `${whole} of minor units (1050 is 10.50), without quotation marks`;
const moment = 'Expected a moment with its offset, such as 2026-12-31T23:59:59Z or 2026-12-31T23:59:59+01:00.';
const max = '9007199254740991';

/** For each scalar of ours: a value that is wrong, as a literal, and what is said of it. */
const wrong: readonly (readonly [scalar: string, literal: string, sentence: string])[] = [
  ['MinorUnits', '"10"', `${minor}, not a text.`],
  ['MinorUnits', '1.5', `${minor}, not 1.5.`],
  ['MinorUnits', 'true', `${minor}, not true or false.`],
  ['MinorUnits', '{ a: 1 }', `${minor}, not an object.`],
  ['MinorUnits', '[1]', `${minor}, not a list.`],
  ['MinorUnits', '9007199254740993', `${minor}, from -${max} to ${max}, not 9007199254740992.`],
  ['Count', '"10"', `${whole}, not a text.`],
  ['Count', '-1', `${whole}, from 0 to ${max}, not -1.`],
  ['DateTime', '"2026-02-30T00:00:00Z"', moment],
  ['DateTime', '1', moment],
  ['Date', '"2026-02-30"', 'Expected a date such as 2026-12-31.'],
  ['Date', '20261231', 'Expected a date as a text.'],
  ['Cursor', '1', 'Expected a cursor as a text.'],
  ['URL', '{ a: 1 }', 'Expected an address as a text.'],
];

type Spot = { readonly call: (value: string) => string; readonly path: string };

const id = '00000000-0000-4000-8000-000000000000';
const payment = (field: string): string =>
  `createPayment(input: { shopId: "${id}", idempotencyKey: "k", currency: PLN, orderId: "o", customer: { firstName: "J", lastName: "K" }, ${field} }) { __typename }`;

const link = (field: string): string =>
  `createPaymentLink(input: { shopId: "${id}", idempotencyKey: "k", amount: 5, currency: PLN, orderId: "o", ${field} }) { __typename }`;

/** Where a value of each scalar is asked for, inside an input or a list or as an argument. */
const spots: Readonly<Record<string, Spot>> = {
  MinorUnits: {
    call: (value) =>
      `mutation { ${payment(`amount: 5, shares: [{ iban: "x", label: "a", amount: 1 }, { iban: "x", label: "a", amount: ${value} }]`)} }`,
    path: 'input.shares.1.amount',
  },
  Count: { call: (value) => `mutation { ${link(`usesMax: ${value}`)} }`, path: 'input.usesMax' },
  DateTime: { call: (value) => `mutation { ${payment(`amount: 5, validUntil: ${value}`)} }`, path: 'input.validUntil' },
  URL: { call: (value) => `mutation { ${payment(`amount: 5, returnUrl: ${value}`)} }`, path: 'input.returnUrl' },
  Date: {
    call: (value) => `{ payouts(shopId: "${id}", filter: { from: ${value} }) { __typename } }`,
    path: 'filter.from',
  },
  Cursor: { call: (value) => `{ events(shopId: "${id}", after: ${value}) { __typename } }`, path: 'after' },
};

const spotOf = (scalar: string): Spot => spots[scalar] ?? expect.fail(`No input of the kind ${scalar} is tried.`);

/** The same value as a program sends it in variables. */
const inJson = (literal: string): unknown => JSON.parse(literal.replace(/\b([a-z]+):/, '"$1":'));

describe('A value that a scalar refuses', () => {
  it('is tried for every scalar of ours', () => {
    const ours = Object.values(schema.getTypeMap()).filter(
      (type) => isScalarType(type) && !isSpecifiedScalarType(type),
    );
    expect([...new Set(wrong.map(([scalar]) => scalar))].sort()).toEqual(ours.map(({ name }) => name).sort());
  });

  it.each(wrong)(
    'is named with its place and what is wrong with it, as a literal: %s %s',
    async (scalar, literal, sentence) => {
      const spot = spotOf(scalar);
      const { errors } = await ask(gateway, spot.call(literal));
      const field = spot.path.replace(/^input\./, '').split('.');
      expect(errors).toMatchObject([
        { message: `Invalid value at "${spot.path}"; ${sentence}`, extensions: { code: 'INVALID_INPUT', field } },
      ]);
      expect(errors?.[0]).toHaveProperty('locations');
    },
  );

  it.each(wrong)('is named with what is wrong with it, in a variable: %s %s', async (scalar, literal, sentence) => {
    const spot = spotOf(scalar);
    const query = spot
      .call('$value')
      .replace(
        /^(?:mutation )?\{/,
        (head) => `${head.startsWith('mutation') ? 'mutation' : 'query'}($value: ${scalar}!) {`,
      );
    const { errors } = await ask(gateway, query, { variables: { value: inJson(literal) } });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.message).toMatch(/^Variable "\$value" got invalid value /);
    expect(errors?.[0]?.message.endsWith(`; ${sentence}`)).toBe(true);
    const field = spot.path.replace(/^input\./, '').split('.');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field });
  });
});

describe('A literal that an enum does not have', () => {
  it('is named with its place, and with what the enum has', async () => {
    const { errors } = await ask(gateway, `{ payments(shopId: "${id}", filter: { status: [PAID] }) { __typename } }`);
    const takes = 'It takes AUTHORIZED, CANCELLED, EXPIRED, NEW, PENDING, SETTLED.';
    expect(errors).toMatchObject([
      {
        message: `Invalid value at "filter.status.0"; Value "PAID" does not exist in "PaymentStatus" enum. ${takes}`,
        extensions: { code: 'INVALID_INPUT', field: ['filter', 'status', '0'] },
      },
    ]);
  });
});

describe('An input that does not fit', () => {
  const query = 'mutation($input: CreatePaymentInput!) { createPayment(input: $input) { __typename } }';
  const good = () => ({
    ...{ shopId: gateway.demo.shopId, idempotencyKey: 'k', amount: 100, currency: 'PLN', orderId: '1' },
    customer: { firstName: 'Jan', lastName: 'Kowalski' },
  });
  it.each([
    ['a fraction', { amount: 12.5 }, ['amount'], /^Variable "\$input" got invalid value 12\.5 at "input\.amount"; /],
    [
      'an unknown currency',
      { currency: 'XYZ' },
      ['currency'],
      /got invalid value "XYZ" at "input\.currency"; Value "XYZ" .* enum\. It takes CHF, CZK, .*, USD\.$/,
    ],
    [
      'nothing for a field',
      { orderId: undefined },
      ['orderId'],
      /got invalid value at "input"; Field "orderId" of required/,
    ],
    [
      'a field that there is not',
      { orderID: '2' },
      ['orderID'],
      /got invalid value at "input"; Field "orderID" is not/,
    ],
    [
      'a wrong part',
      { customer: { firstName: 7 } },
      ['customer', 'firstName'],
      /got invalid value 7 at "input\.customer\./,
    ],
    [
      'a wrong item',
      { methods: ['BLIK', 'GOLD'] },
      ['methods', '1'],
      /got invalid value "GOLD" at "input\.methods\[1\]"; /,
    ],
    [
      'an object for a text',
      { title: { of: 'Kowalski' } },
      ['title'],
      /at "input\.title"; Expected a single value, not an object\.$/,
    ],
    [
      'a list for an enum',
      { currency: ['Kowalski'] },
      ['currency'],
      /at "input\.currency"; Expected a single value, not a list\.$/,
    ],
    [
      'a number for an enum',
      { currency: 7 },
      ['currency'],
      / cannot represent non-string value: 7\. It takes CHF, CZK, /,
    ],
    ['a long word', { currency: 'x'.repeat(5_000) }, ['currency'], /^.{100,500}…$/],
    ['a long text', { amount: 'x'.repeat(5_000) }, ['amount'], /got invalid value "x{99}… at "input\.amount"; /],
  ])('is named by its path, with nothing else that was sent: %s', async (_, change, field, sentence) => {
    // The third time it runs compiled.
    for (let times = 0; times < 3; times += 1) {
      const { errors } = await ask(gateway, query, { variables: { input: { ...good(), ...change } } });
      const [error] = errors?.filter(({ extensions }) => String(extensions.field) === String(field)) ?? [];
      expect(error).toMatchObject({
        message: expect.stringMatching(sentence),
        extensions: { code: 'INVALID_INPUT', field },
      });
      expect(JSON.stringify(errors)).not.toContain('Kowalski');
    }
  });

  it.each([
    [
      'mutation($c: CustomerInput!) { createPayment(input: { shopId: "a", idempotencyKey: "1", amount: 1, currency: PLN, orderId: "1", customer: $c }) { __typename } }',
      { c: { firstName: 7, lastName: 'N' } },
      ['customer', 'firstName'],
    ],
    [
      'query($f: PaymentFilter) { payments(shopId: "a", filter: $f) { edges { cursor } } }',
      { f: { createdFrom: 'x' } },
      ['filter', 'createdFrom'],
    ],
    ['query($s: ID!) { payments(shopId: $s) { edges { cursor } } }', {}, ['shopId']],
    ['query($t: [EventType!]) { events(shopId: "a", types: $t) { endOfLog } }', { t: ['PAID'] }, ['types', '0']],
  ])(
    'is named by its path in the arguments, whatever the variable is called: %s',
    async (document, variables, field) => {
      const { errors } = await ask(gateway, document, { variables });
      const codes = errors?.map(({ extensions }) => extensions.field);
      expect(codes).toContainEqual(field);
    },
  );

  it('is named by its path in the operation that is asked for', async () => {
    const other = 'query Other($s: ID!) { shop(id: $s) { id } }';
    const query = `${other} query Asked($s: ID!) { payments(shopId: $s) { edges { cursor } } }`;
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.demo.apiKey}` },
      body: JSON.stringify({ query, operationName: 'Asked' }),
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { field: ['shopId'] } }] });
  });

  it('is named ten times at most', async () => {
    const customer = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, 1]));
    const { errors } = await ask(gateway, query, { variables: { input: { ...good(), customer } } });
    expect(errors).toHaveLength(10);
  });
});
