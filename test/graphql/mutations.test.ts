import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Outcome, type RunOptions, refusal, runMutation } from './run-mutation.ts';
import { createPayment, giveKey, settleTenant, startBlik, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'mutations' });
});

afterAll(() => gateway.stop());

const run = (name: string, input: object, options: RunOptions = {}): Promise<Outcome> =>
  runMutation(gateway, { name, input, key: tenant.key, ...options });

const newPayment = (changes: object = {}): object => ({
  ...{ shopId: tenant.shopId, idempotencyKey: crypto.randomUUID(), amount: 1234, currency: 'PLN', orderId: 'o-1' },
  ...{ customer: { firstName: 'Jan', lastName: 'Kowalski' }, ...changes },
});

const cartItem = { number: '1', name: 'Laptop', amount: 500_000, tax: 115_000, taxStake: 'TAX_23', quantity: 1 };
const buyer = { name: 'Kupiec', taxNumber: '5260250274', country: 'PL' };
const invoice = { number: 'FV/1', buyer, positions: [] };
const buyerOf = ['invoice', 'buyer'];
const firstItem = ['cart', 'items', '0'];

describe('createPayment', () => {
  const select = 'replayed payment { id amount { amount currency } status url title methods locale }';

  it('gives the payment, and the same again for the same key and input', async () => {
    const input = newPayment({ title: 'Kubek', methods: ['BLIK'], locale: 'pl' });
    const first = await run('createPayment', input, { select });
    expect(first).toMatchObject({
      ...{ __typename: 'CreatePaymentSuccess', replayed: false },
      payment: {
        amount: { amount: 1234, currency: 'PLN' },
        status: 'NEW',
        title: 'Kubek',
        methods: ['BLIK'],
        locale: 'pl',
      },
    });
    const { id, url } = first.payment as { id: string; url: string };
    expect(url).toBe(`${gateway.url}/pay/${id}`);
    expect(await run('createPayment', input, { select })).toEqual({ ...first, replayed: true });
  });

  it('gives back all that it was given, to keys that may read payments', async () => {
    const customer = { firstName: 'Anna', lastName: 'Nowak', email: 'anna@shop.example', phone: '+48 600 000 000' };
    const given = {
      ...{ customer: { ...customer, company: 'Kwiaty', taxId: '5260250274' }, customerId: 'anna-1' },
      ...{ successUrl: 'https://shop.example/ok', failureUrl: 'https://shop.example/no' },
      ...{ returnUrl: 'https://shop.example/back', notificationUrl: 'https://shop.example/news?for=1' },
      ...{ title: 'Kubek', orderId: 'o-77', methods: ['LEASE'], locale: 'pl', capture: 'MANUAL' },
      ...{ amount: 615_000, cart: { items: [cartItem] }, validUntil: '2098-01-01T00:00:00.000Z' },
      invoice: {
        ...invoice,
        positions: [{ name: 'Laptop', quantity: 1, grossAmount: 615_000, taxStake: 'TAX_23', taxAmount: 115_000 }],
      },
    };
    const money = (amount: number) => ({ amount, currency: 'PLN' });
    const fields = `orderId title methods locale capture validUntil customerId successUrl failureUrl returnUrl
      notificationUrl customer { firstName lastName email phone company taxId } amount { amount currency }
      cart { items { edges { node {
        number name amount { amount currency } tax { amount currency } taxStake quantity } } } }
      invoice { number buyer { name taxNumber country } positions { edges { node {
        name quantity grossAmount { amount currency } taxStake taxAmount { amount currency } } } } }`;
    const [position] = given.invoice.positions;
    const read = {
      ...{ ...given, amount: money(615_000) },
      cart: { items: { edges: [{ node: { ...cartItem, amount: money(500_000), tax: money(115_000) } }] } },
      invoice: {
        ...given.invoice,
        positions: { edges: [{ node: { ...position, grossAmount: money(615_000), taxAmount: money(115_000) } }] },
      },
    };
    const { payment } = await run('createPayment', newPayment(given), { select: `payment { id ${fields} }` });
    const { id } = payment as { id: string };
    expect(payment).toEqual({ id, ...read });
    const query = `query($id: ID!, $shop: ID!) { payment(id: $id) { ${fields} }
      payments(shopId: $shop, filter: { orderId: "o-77" }) { edges { node { ${fields} } } } }`;
    const answer = await ask(gateway, query, { key: tenant.key, variables: { id, shop: tenant.shopId } });
    expect(answer.data).toEqual({ payment: read, payments: { edges: [{ node: read }] } });
  });

  it('gives a large cart in pages, from its beginning and from its end', async () => {
    const numbers = Array.from({ length: 23 }, (_, place) => `${place}`);
    const cart = { items: numbers.map((number) => ({ ...cartItem, number })) };
    const { payment } = await run('createPayment', newPayment({ cart }), { select: 'payment { id }' });
    const variables = { id: (payment as { id: string }).id };
    type Items = {
      readonly edges: readonly { readonly node: { readonly number: string } }[];
      readonly pageInfo: object;
    };
    const read = async (args: string) => {
      const query = `query($id: ID!) { payment(id: $id) { cart { items${args} {
        edges { node { number } } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } } } }`;
      const { data, errors } = await ask<{ payment: { cart: { items: Items } | null } }>(gateway, query, {
        ...{ key: tenant.key, variables },
      });
      const { edges, pageInfo } = data.payment.cart?.items ?? { edges: [], pageInfo: {} };
      return { numbers: edges.map(({ node }) => node.number), pageInfo, errors };
    };
    const cursor = (place: number): string => Buffer.from(`GPC:S:${place}`).toString('base64');
    const info = (hasPreviousPage: boolean, hasNextPage: boolean, [start, end]: readonly [number, number]) => ({
      ...{ hasPreviousPage, hasNextPage, startCursor: cursor(start), endCursor: cursor(end) },
    });
    const pages: readonly (readonly [string, readonly [number, number], object])[] = [
      ['', [0, 20], info(false, true, [0, 19])],
      [`(after: "${cursor(19)}")`, [20, 23], info(true, false, [20, 22])],
      ['(first: 23)', [0, 23], info(false, false, [0, 22])],
      ['(last: 3)', [20, 23], info(true, false, [20, 22])],
      [`(last: 2, before: "${cursor(1)}")`, [0, 1], info(false, true, [0, 0])],
      [`(before: "${cursor(22)}")`, [2, 22], info(true, true, [2, 21])],
      [`(last: 0)`, [23, 23], { hasPreviousPage: true, hasNextPage: false, startCursor: null, endCursor: null }],
      [`(after: "${cursor(99)}")`, [23, 23], { hasPreviousPage: true, hasNextPage: false }],
    ];
    for (const [args, [from, to], pageInfo] of pages) {
      expect(await read(args)).toMatchObject({ numbers: numbers.slice(from, to), pageInfo, errors: undefined });
    }
    for (const [args, name] of [
      ['(first: 101)', 'first'],
      [`(after: "${Buffer.from(`GPC:S:${variables.id}`).toString('base64')}")`, 'after'],
    ]) {
      const { errors } = await read(args ?? '');
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT', field: [name] } });
    }
  });

  it('answers a key that may only write what was made, and not whom it is of', async () => {
    const { secret } = await giveKey(gateway.database, { merchantId: tenant.merchantId, scopes: ['payments:write'] });
    const query = `mutation($input: CreatePaymentInput!) {
      createPayment(input: $input) { ... on CreatePaymentSuccess { payment { status customer { email } successUrl } } } }`;
    const answer = await ask(gateway, query, { key: secret, variables: { input: newPayment() } });
    expect(answer.data).toEqual({ createPayment: { payment: { status: 'NEW', customer: null, successUrl: null } } });
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  const share = { iban: 'PL61109010140000071219812874', amount: 10, label: 'Anna' };
  it.each([
    [{ iban: 'PL61109010140000071219812875' }, 'iban', /^Share 2: The check digits of this account number are wrong/],
    [{ amount: 0 }, 'amount', /^Share 2: amount must be at least 1 minor unit, not 0\.$/],
    [{ label: '' }, 'label', /^Share 2: label must have 1 to 70 characters, not 0\.$/],
    [{ title: 'x'.repeat(106) }, 'title', /^Share 2: title must have 1 to 105 characters, not 106\.$/],
  ])('says which of several shares is wrong, and in what: %j', async (fault, name, message) => {
    const titled = { ...share, title: 'Kubek' };
    const shares = [titled, { ...titled, ...fault }, titled];
    expect(await run('createPayment', newPayment({ shares }))).toMatchObject({
      ...{ code: 'INVALID_INPUT', field: ['shares', '1', name], message: expect.stringMatching(message) },
    });
  });

  it('names every wrong field of one input, in one refusal', async () => {
    const faults = {
      ...{ amount: 0, orderId: '', title: 'x'.repeat(256), successUrl: 'shop', validUntil: '2020-01-01T00:00:00Z' },
      customer: { firstName: '', lastName: 'K', email: 'x' },
      shares: [share, { ...share, label: '' }],
      cart: { items: [cartItem, { ...cartItem, name: '', quantity: 0 }] },
    };
    const { code, field, message } = await run('createPayment', newPayment(faults));
    expect([code, field]).toEqual(['INVALID_INPUT', ['cart', 'items', '1', 'quantity']]);
    expect(message).toBe(
      [
        'Several fields are wrong.',
        'cart.items.1.quantity must be 1 to 1,000,000.',
        'cart.items.1.name must have 1 to 1000 characters, not 0.',
        'Share 2: label must have 1 to 70 characters, not 0.',
        'successUrl must be an absolute http or https address; give an address such as https://shop.example/path.',
        'customer.email must be an e-mail address of at most 200 characters.',
        'customer.firstName must have 1 to 100 characters, not 0.',
        'The amount must be 1 to 999999999 minor units, not 0.',
        'orderId must have 1 to 100 characters, not 0.',
        'title must have 0 to 255 characters, not 256.',
        'validUntil must lie at least 60 seconds ahead.',
      ].join(' '),
    );
  });

  it('names an expiry that is over, whatever else the payment would be refused for, and a customer who is a card', async () => {
    const validUntil = '2020-01-01T00:00:00Z';
    const lease = await run('createPayment', newPayment({ orderId: '', methods: ['LEASE'], validUntil }));
    expect(lease.message).toBe(
      'Several fields are wrong. orderId must have 1 to 100 characters, not 0. validUntil must lie at least 60 seconds ahead.',
    );
    const card = await run('createPayment', newPayment({ orderId: '', customerId: '4111111111111111' }));
    expect(card).toMatchObject({ code: 'INVALID_INPUT', field: ['customerId'] });
    expect(card.message).toBe(
      'Several fields are wrong. customerId looks like a card number; card numbers go only into the card form. orderId must have 1 to 100 characters, not 0.',
    );
  });

  it('names no more than ten of them, and no value that looks like a card number', async () => {
    const items = Array.from({ length: 12 }, () => ({ ...cartItem, name: '4111 1111 1111 1111' }));
    const { message = '' } = await run('createPayment', newPayment({ cart: { items } }));
    expect(message.match(/cart\.items\.\d+\.name looks like a card number/g)).toHaveLength(10);
    expect(message).toMatch(/ There may be more\.$/);
    expect(message).not.toContain('4111');
  });

  it('says which share lacks the title that others have', async () => {
    const shares = [{ ...share, title: 'Kubek' }, share];
    expect(await run('createPayment', newPayment({ shares }))).toMatchObject({
      ...{ code: 'INVALID_INPUT', field: ['shares'], message: expect.stringContaining('number 2 lacks it') },
    });
  });

  it('makes one payment of many calls at once with one key', async () => {
    const input = newPayment();
    const all = await Promise.all(Array.from({ length: 20 }, () => run('createPayment', input, { select })));
    expect(new Set(all.map((outcome) => (outcome.payment as { id: string }).id)).size).toBe(1);
    expect(all.filter((outcome) => outcome.replayed === false)).toHaveLength(1);
  });

  it('refuses the same key with another input', async () => {
    const idempotencyKey = crypto.randomUUID();
    await run('createPayment', newPayment({ idempotencyKey }));
    const again = await run('createPayment', newPayment({ idempotencyKey, amount: 1235 }));
    expect(again).toEqual(refusal('IDEMPOTENCY_KEY_REUSED', ['idempotencyKey']));
  });

  for (const [what, changes, code, field] of [
    [
      'a currency that its method does not take',
      { currency: 'EUR', methods: ['BLIK'] },
      'CURRENCY_NOT_AVAILABLE',
      ['currency'],
    ],
    ['an amount of nothing', { amount: 0 }, 'INVALID_INPUT', ['amount']],
    ['an amount below nothing', { amount: -1 }, 'INVALID_INPUT', ['amount']],
    ['an amount that is too large', { amount: 1_000_000_000 }, 'INVALID_INPUT', ['amount']],
    ['an empty order number', { orderId: '' }, 'INVALID_INPUT', ['orderId']],
    ['an empty idempotency key', { idempotencyKey: '' }, 'INVALID_INPUT', ['idempotencyKey']],
    ['a long title', { title: 'x'.repeat(256) }, 'INVALID_INPUT', ['title']],
    ['an address that is none', { successUrl: 'javascript:alert(1)' }, 'INVALID_INPUT', ['successUrl']],
    ['a time that is over', { validUntil: '2020-01-01T00:00:00Z' }, 'INVALID_INPUT', ['validUntil']],
    [
      'a customer without a name',
      { customer: { firstName: '', lastName: 'K' } },
      'INVALID_INPUT',
      ['customer', 'firstName'],
    ],
    [
      'an e-mail address that is none',
      { customer: { firstName: 'J', lastName: 'K', email: 'x' } },
      'INVALID_INPUT',
      ['customer', 'email'],
    ],
    ['a lease of nothing', { methods: ['LEASE'] }, 'METHOD_NOT_AVAILABLE', ['methods']],
    [
      'a cart with half an item',
      { cart: { items: [{ ...cartItem, quantity: 0 }] } },
      'INVALID_INPUT',
      [...firstItem, 'quantity'],
    ],
    [
      'a cart with a gift',
      { cart: { items: [{ ...cartItem, amount: -1 }] } },
      'INVALID_INPUT',
      [...firstItem, 'amount'],
    ],
    [
      'a cart of nameless things',
      { cart: { items: [{ ...cartItem, name: '' }] } },
      'INVALID_INPUT',
      [...firstItem, 'name'],
    ],
    [
      'an invoice for nobody',
      { invoice: { ...invoice, buyer: { ...buyer, name: '' } } },
      'INVALID_INPUT',
      [...buyerOf, 'name'],
    ],
    [
      'an invoice of no land',
      { invoice: { ...invoice, buyer: { ...buyer, country: '48' } } },
      'INVALID_INPUT',
      [...buyerOf, 'country'],
    ],
    ['an invoice without a number', { invoice: { ...invoice, number: '' } }, 'INVALID_INPUT', ['invoice', 'number']],
    ['a shop that is nowhere', { shopId: '00000000-0000-4000-8000-000000000000' }, 'NOT_FOUND', ['shopId']],
  ] as const) {
    it(`refuses ${what}`, async () => {
      expect(await run('createPayment', newPayment(changes))).toEqual(refusal(code, field));
    });
  }

  it('refuses for a shop that is suspended', async () => {
    const other = await settleTenant(gateway, { mark: 'suspended' });
    await gateway.database.pool.query("update shop set status = 'SUSPENDED' where id = $1", [other.shopId]);
    await expect
      .poll(async () => (await run('createPayment', newPayment({ shopId: other.shopId }), { key: other.key })).code)
      .toBe('SHOP_NOT_ACTIVE');
  });
});

describe('startTransaction', () => {
  const select =
    'replayed action { __typename ... on ConfirmInApp { expiresAt } } transaction { id status reason code method channel }';
  const start = (changes: object): object => ({
    ...{ paymentId: '', idempotencyKey: crypto.randomUUID(), method: 'BLIK', blik: { code: '123 456' }, ...changes },
  });
  const pay = (mark: string): Promise<string> =>
    createPayment(gateway, { key: tenant.key, shopId: tenant.shopId, mark });

  it('says what the payer has to do, and the same attempt again for the same key', async () => {
    const input = start({ paymentId: await pay('start-1') });
    const first = await run('startTransaction', input, { select });
    expect(first).toMatchObject({
      replayed: false,
      action: { __typename: 'ConfirmInApp' },
      transaction: { method: 'BLIK', channel: 'blik' },
    });
    const again = await run('startTransaction', input, { select });
    expect(again).toMatchObject({ replayed: true, transaction: { id: (first.transaction as { id: string }).id } });
  });

  it('answers a refused attempt as a transaction, not as a Refusal', async () => {
    const input = start({ paymentId: await pay('start-2'), blik: { code: '700005' } });
    expect(await run('startTransaction', input, { select })).toMatchObject({
      ...{ __typename: 'StartTransactionSuccess', action: null },
      transaction: { status: 'REJECTED', reason: 'CODE_INVALID', code: 'BLK-ERROR-210005' },
    });
  });

  it('refuses while another attempt runs, and what is paid', async () => {
    const paymentId = await pay('start-3');
    await startBlik(gateway, { key: tenant.key, paymentId, code: '949111' });
    expect(await run('startTransaction', start({ paymentId }))).toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
    expect(await run('startTransaction', start({ paymentId: tenant.paidId }))).toMatchObject({
      code: 'PAYMENT_NOT_PAYABLE',
    });
  });

  it('refuses an alias of nobody, a method that nobody offers, what goes with another method, a payment that is nowhere', async () => {
    const paymentId = tenant.openIds[0];
    const alias = { profileId: '00000000-0000-4000-8000-000000000000' };
    expect(await run('startTransaction', start({ paymentId, blik: alias }))).toEqual(
      refusal('NOT_FOUND', ['blik', 'profileId']),
    );
    expect(await run('startTransaction', start({ paymentId, method: 'LEASE', blik: undefined }))).toMatchObject({
      code: 'METHOD_NOT_AVAILABLE',
    });
    expect(await run('startTransaction', start({ paymentId, method: 'LEASE' }))).toEqual(
      refusal('INVALID_INPUT', ['blik']),
    );
    expect(await run('startTransaction', start({ paymentId: alias.profileId }))).toEqual(
      refusal('NOT_FOUND', ['paymentId']),
    );
  });
});

describe('cancelPayment', () => {
  it('cancels once, says the same again, and refuses what is paid', async () => {
    const paymentId = tenant.openIds[1];
    const done = { __typename: 'CancelPaymentSuccess', payment: { id: paymentId, status: 'CANCELLED' } };
    for (const _ of [1, 2])
      expect(await run('cancelPayment', { paymentId }, { select: 'payment { id status }' })).toEqual(done);
    expect(await run('cancelPayment', { paymentId: tenant.paidId })).toMatchObject({ code: 'PAYMENT_NOT_PAYABLE' });
  });
});
