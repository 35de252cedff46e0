import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateShop } from '../../start/pay.ts';
import { ask, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { call, saleBody, sell as sellTo, textAt } from './client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

type Refused = { apiErrorResponse: { errors: { path: string; message: string }[] } };

const sell = (changes: object = {}) => sellTo(gateway, changes);
const show = (id: string) => call(gateway, `GET /transaction/${id}`);

describe('POST /transaction by BLIK with a code', () => {
  it('answers with the attempt, its keys in the documented order, and settles', async () => {
    const answer = await sell();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      transaction: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        ...{ type: 'sale', status: expect.stringMatching(/^(pending|settled)$/), source: 'api' },
        ...{ created: expect.any(Number), modified: expect.any(Number), notificationUrl: '' },
        ...{ serviceId: gateway.demo.serviceId, amount: 1234, currency: 'PLN', title: 'Zamówienie #1' },
        ...{ orderId: 'ORD/2026-0001', paymentMethod: 'blik', paymentMethodCode: 'blik' },
        payment: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), status: expect.stringMatching(/^(pending|settled)$/) },
        blikTransactionId: expect.stringMatching(/^[0-9]{11}$/),
      },
    });
    expect(Object.keys((answer.body as { transaction: object }).transaction)).toEqual(
      (
        'id type status source created modified notificationUrl serviceId amount currency title orderId ' +
        'paymentMethod paymentMethodCode payment blikTransactionId'
      ).split(' '),
    );
    const id = textAt(answer, 'transaction.id');
    await expect.poll(async () => textAt(await show(id), 'transaction.status')).toBe('settled');
    expect((await show(id)).body).toMatchObject({
      transaction: {
        ...{ id, paidAmount: 1234, refunds: [], fee: { merchant: 20, surcharge: 0 } },
        customer: { firstName: 'Łucja', lastName: 'Żak', email: 'lucja@example.com' },
        blikTransactionId: textAt(answer, 'transaction.blikTransactionId'),
      },
    });
    expect((await show(id)).text).not.toContain('statusCode');
  });

  it('shows the payment at the GraphQL door too', async () => {
    const answer = await sell({ orderId: 'Both doors' });
    const query = 'query ($id: ID!) { payment(id: $id) { orderId amount { amount currency } } }';
    const { data } = await ask(gateway, query, { variables: { id: textAt(answer, 'transaction.payment.id') } });
    expect(data).toEqual({ payment: { orderId: 'Both doors', amount: { amount: 1234, currency: 'PLN' } } });
  });

  it('is 200 with the code of the refusal when the payer’s bank refuses', async () => {
    const id = textAt(await sell({ blikCode: '960111' }), 'transaction.id');
    await expect.poll(async () => textAt(await show(id), 'transaction.status')).toBe('rejected');
    const { status, body } = await show(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      transaction: {
        statusCode: 'BLK-ERROR-210015',
        statusCodeDescription: 'BLK-ERROR-210015 - Insufficient funds',
        payment: { status: 'rejected' },
      },
    });
  });

  it('makes one sale of a call that is sent again under the same Idempotency-Key, and two without one', async () => {
    const headers = { 'idempotency-key': 'order-17' };
    const body = saleBody(gateway);
    const one = await call(gateway, 'POST /transaction', { body, headers });
    const two = await call(gateway, 'POST /transaction', { body, headers });
    expect(textAt(two, 'transaction.id')).toBe(textAt(one, 'transaction.id'));
    expect(textAt(await sell(), 'transaction.id')).not.toBe(textAt(await sell(), 'transaction.id'));
  });
});

describe('The state of a payment after a refused attempt', () => {
  const all = (word: string): string[] => [word, word, word];

  /** A sale that is refused; `told` is what the three calls that show its payment say of it. */
  async function sellAndRefuse(refused: object) {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { ...saleBody(gateway), ...refused };
    const first = await call(gateway, 'POST /transaction', { body, headers });
    const [id, paymentId] = [textAt(first, 'transaction.id'), textAt(first, 'transaction.payment.id')];
    const told = async (): Promise<string[]> => [
      textAt(await show(id), 'transaction.payment.status'),
      textAt(await call(gateway, `GET /payment/${paymentId}`), 'status'),
      textAt(await call(gateway, 'POST /transaction', { body, headers }), 'transaction.payment.status'),
    ];
    const tryAgain = async (): Promise<void> => {
      const input = { paymentId, idempotencyKey: randomUUID(), method: 'BLIK', blik: { code: '777123' } };
      const query = 'mutation ($i: StartTransactionInput!) { startTransaction(input: $i) { __typename } }';
      const { data } = await ask(gateway, query, { variables: { i: input } });
      expect(data).toEqual({ startTransaction: { __typename: 'StartTransactionSuccess' } });
    };
    return { told, tryAgain };
  }

  it('is rejected, at every call alike, and settled when another attempt pays', async () => {
    const { told, tryAgain } = await sellAndRefuse({ blikCode: '960111' });
    await expect.poll(told, { timeout: 10_000 }).toEqual(all('rejected'));
    await tryAgain();
    await expect.poll(told, { timeout: 10_000 }).toEqual(all('settled'));
  });

  it('is pending while another attempt runs', async () => {
    const { told, tryAgain } = await sellAndRefuse({ blikCode: '960111' });
    await expect.poll(told, { timeout: 10_000 }).toEqual(all('rejected'));
    await updateShop(gateway, { sandboxDelayMs: 60_000 });
    await tryAgain();
    expect(await told()).toEqual(all('pending'));
    await updateShop(gateway, { sandboxDelayMs: 0 });
  });

  it('is error after an error at the provider', async () => {
    const ordered = { paymentMethod: 'pbl', paymentMethodCode: 'mtransfer', blikCode: undefined, title: 'TEST-100010' };
    const { told } = await sellAndRefuse(ordered);
    await expect.poll(told, { timeout: 10_000 }).toEqual(all('error'));
  });
});

describe('GET /transaction shows', () => {
  const payer = { firstName: 'Łucja', lastName: 'Żak', email: 'lucja@example.com' };

  it('the addresses as they were given, with the names and the e-mail address of the payer where there are none', async () => {
    const address = { street: 'Prosta 1', city: 'Łódź', postalCode: '90-001', countryCodeAlpha2: 'PL' };
    const billing = {
      firstName: 'Ewa',
      lastName: 'Kot',
      company: 'Kot i Syn',
      ...address,
      region: '',
      taxId: '7740001454',
    };
    const id = textAt(await sell({ billing, shipping: { ...address, lastName: 'Maj' } }), 'transaction.id');
    const { region: _, ...given } = billing;
    expect((await show(id)).body).toMatchObject({
      transaction: {
        billing: { email: payer.email, ...given },
        shipping: { ...payer, ...address, lastName: 'Maj' },
      },
    });
  });

  it('the payer where no address was given', async () => {
    const { transaction } = (await show(textAt(await sell(), 'transaction.id'))).body as { transaction: object };
    expect(transaction).toMatchObject({ customer: { ...payer, phone: '+48 501 501 501' } });
    expect(transaction).toHaveProperty('billing', payer);
    expect(transaction).toHaveProperty('shipping', payer);
  });

  it('a number of BLIK that is another for each attempt, and none of other methods or before the code is entered', async () => {
    const number = async (changes: object = {}): Promise<string> =>
      textAt(await sell(changes), 'transaction.blikTransactionId');
    expect(await number()).not.toBe(await number());
    const others = [
      { blikCode: undefined, clientIp: undefined },
      { paymentMethod: 'pbl', paymentMethodCode: 'ipko', blikCode: undefined, clientIp: undefined },
    ];
    for (const other of others) expect((await sell(other)).text).not.toContain('blikTransactionId');
  });
});

describe('POST /transaction by a method for which the payer has to go somewhere', () => {
  const keys = ['type', 'url', 'method', 'contentType', 'contentBodyRaw'];

  it.each([
    ['pbl', 'ipko', 'pending', /\/sandbox\//],
    ['ing', 'ing', 'pending', /\/sandbox\//],
    ['pbl', 'ing', 'pending', /\/sandbox\//],
    ['imoje_paylater', 'paypo', 'pending', /\/sandbox\//],
    ['imoje_paylater', 'pragma_go', 'pending', /\/sandbox\//],
    ['wallet', 'visa_mobile', 'pending', /\/sandbox\//],
    ['card', 'ecom3ds', 'new', /\/pay\//],
    ['wallet', 'gpay', 'new', /\/pay\//],
    ['blik', 'blik', 'new', /\/pay\//],
  ])('%s %s answers with the action to redirect there', async (paymentMethod, paymentMethodCode, status, place) => {
    const answer = await sell({ paymentMethod, paymentMethodCode, blikCode: undefined, clientIp: undefined });
    expect(answer.body).toMatchObject({
      transaction: { status, paymentMethodCode },
      action: {
        type: 'redirect',
        url: expect.stringMatching(place),
        method: 'GET',
        contentType: '',
        contentBodyRaw: '',
      },
    });
    expect(Object.keys((answer.body as { action: object }).action)).toEqual(keys);
  });

  const laptop = { id: '1', name: 'Laptop', amount: 500_000, tax: 115_000, taxStake: 23, quantity: 1 };
  const leased = { amount: 615_000, paymentMethod: 'lease', paymentMethodCode: 'lease', blikCode: undefined };

  it('lease answers with the action to redirect to the lessor, and shows the payer none without a cart', async () => {
    const { status, body } = await sell({ ...leased, clientIp: undefined, cart: { items: [laptop] } });
    expect([status, body]).toMatchObject([
      200,
      { action: { type: 'redirect', url: expect.stringMatching('/sandbox/') } },
    ]);
    const lacking = await sell(leased);
    expect([lacking.status, lacking.body]).toMatchObject([
      406,
      {
        apiErrorResponse: {
          code: 'TRX-ERROR-120103',
          errors: [{ path: 'paymentMethodCode', message: expect.stringMatching(/^lease needs what is leased/) }],
        },
      },
    ]);
  });

  it('wt answers with the account to which he has to send the money, and so does every look at it until it came', async () => {
    const wish = { paymentMethod: 'wt', paymentMethodCode: 'wt', blikCode: undefined, clientIp: undefined };
    const answer = await sell(wish);
    const { transaction, action } = answer.body as { transaction: object; action: object };
    expect(transaction).toMatchObject({ status: 'pending', paymentMethod: 'wt', paymentMethodCode: 'wt' });
    expect(action).toEqual({
      ...{
        type: 'transfer',
        url: expect.stringMatching(/\/pay\//),
        method: 'GET',
        contentType: '',
        contentBodyRaw: '',
      },
      ban: expect.stringMatching(/^\d{26}$/),
    });
    expect(Object.keys(action)).toEqual([...keys, 'ban']);
    const id = textAt(answer, 'transaction.id');
    expect((await show(id)).body).toMatchObject({ action });
    await fetch(`${gateway.url}/sandbox/${id}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ decision: 'approve' }),
    });
    const status = async () => textAt(await show(id), 'transaction.status');
    await expect.poll(status, { timeout: 10_000 }).toBe('settled');
    expect((await show(id)).body).not.toHaveProperty('action');
  });

  it('wt_split needs an invoice with the tax of each position, and says so', async () => {
    const position = { name: 'Kubek', quantity: 1, grossAmount: 1234, taxStake: 'TAX_23' };
    const buyer = { type: 'COMPANY', idType: 'VAT_ID', idNumber: '5260250274', idCountryCodeAlpha2: 'PL' };
    const invoiceOf = (taxAmount: number | undefined) => ({
      invoiceId: 'FV/1/2026',
      buyer,
      positions: [{ ...position, taxAmount }],
    });
    const wish = { paymentMethod: 'wt', paymentMethodCode: 'wt_split', blikCode: undefined, clientIp: undefined };
    const lacking = await sell({ ...wish, invoice: invoiceOf(undefined) });
    expect([lacking.status, lacking.text]).toEqual([406, expect.stringContaining('needs the tax of each position')]);
    expect((await sell({ ...wish, invoice: invoiceOf(231) })).body).toMatchObject({ action: { type: 'transfer' } });
  });

  it('goes on with the very attempt when the payer enters his BLIK code on our page', async () => {
    const answer = await sell({ blikCode: undefined, clientIp: undefined });
    const url = textAt(answer, 'action.url');
    const page = await (await fetch(url)).text();
    const attempt = /name="attempt" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const sent = await fetch(`${url}/blik`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ code: '123456', attempt }),
    });
    expect(sent.status).toBe(303);
    const id = textAt(answer, 'transaction.id');
    await expect.poll(async () => textAt(await show(id), 'transaction.status')).toBe('settled');
  });
});

describe('POST /transaction refuses', () => {
  const wrong: [string, object, string][] = [
    ['no amount', { amount: undefined }, 'amount'],
    ['an amount of nothing', { amount: 0 }, 'amount'],
    ['an amount that is too large', { amount: 1_000_000_000 }, 'amount'],
    ['an amount with a fraction', { amount: 12.5 }, 'amount'],
    ['an amount that is a text', { amount: '1234' }, 'amount'],
    ['a currency that we lack', { currency: 'SEK' }, 'currency'],
    ['an order with letters of no table', { orderId: 'a;b' }, 'orderId'],
    ['a long order', { orderId: 'x'.repeat(101) }, 'orderId'],
    ['another type', { type: 'refund' }, 'type'],
    ['no customer', { customer: undefined }, 'customer'],
    ['a customer without a name', { customer: { lastName: 'Żak' } }, 'customer.firstName'],
    ['a phone with letters', { customer: { firstName: 'A', lastName: 'B', phone: 'x' } }, 'customer.phone'],
    ['an address without a scheme', { successReturnUrl: 'shop.example' }, 'successReturnUrl'],
    ['a code of five digits', { blikCode: '12345' }, 'blikCode'],
    ['a code without the payer’s address', { clientIp: undefined }, 'clientIp'],
    ['an unknown method', { paymentMethod: 'gold' }, 'paymentMethod'],
    ['a code of another method', { paymentMethodCode: 'ipko' }, 'paymentMethodCode'],
    ['an account of 25 digits', { multipayout: [{ ban: '1'.repeat(25), amount: 1, label: 'A' }] }, 'multipayout.0.ban'],
    ['an expiry that is near', { validTo: 1 }, 'validTo'],
    ['a description that turns the text around it', { additionalDescription: 'a\u202eb' }, 'additionalDescription'],
  ];

  it.each(wrong)('%s, by name, and makes nothing', async (_what, changes, path) => {
    const { status, body } = await sell(changes);
    expect(status).toBe(422);
    expect(body).toEqual({
      apiErrorResponse: {
        code: expect.stringMatching(/^REQ-ERROR-\d{6}$/),
        message: expect.any(String),
        instance: expect.objectContaining({ serviceId: gateway.demo.serviceId }),
        errors: [expect.objectContaining({ path, rule: expect.any(String), message: expect.any(String) })],
      },
    });
  });

  it('card data, which it does not give back', async () => {
    const card = { firstName: 'A', lastName: 'B', number: '4111111111111111', month: '12', year: '2029', cvv: '123' };
    const answer = await sell({ paymentMethod: 'card', paymentMethodCode: 'ecom3ds', card });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('Cannot process transaction. Plain card data disabled.');
    expect(answer.text).not.toMatch(/4111|"123"/);
  });

  it.each([
    ['wallet', 'paypal'],
    ['wallet', 'c2p'],
  ])('%s %s, which it does not offer, with 406', async (paymentMethod, paymentMethodCode) => {
    expect((await sell({ paymentMethod, paymentMethodCode })).status).toBe(406);
  });

  it('an amount that a lender does not take', async () => {
    const { status, body } = await sell({ paymentMethod: 'imoje_installments', paymentMethodCode: 'inbank' });
    expect([status, body]).toMatchObject([422, { apiErrorResponse: { code: 'TRX-ERROR-120105' } }]);
  });

  it('a shop of nobody', async () => {
    const { status, body } = await sell({ serviceId: '11111111-2222-4333-8444-555555555555' });
    expect(status).toBe(404);
    expect(body).toMatchObject({ apiErrorResponse: { errors: [{ path: 'serviceId' }] } });
  });

  it('what is missing, in words', async () => {
    expect((await sell({ customer: undefined, amount: undefined })).body).toMatchObject({
      apiErrorResponse: {
        errors: [
          { path: 'amount', message: 'Is required.' },
          { path: 'customer', message: 'Is required.' },
        ],
      },
    });
  });

  it('what has another type or is too long, in words', async () => {
    const wrong = { amount: '1234', title: 7, customer: 'Jan', cart: [1], multipayout: 'x', blikCode: true };
    const customer = { firstName: 'Jan', lastName: 'Kowalski', locale: 'pl_PL.UTF-8' };
    const body = { serviceId: gateway.demo.serviceId, amount: 1, currency: 'PLN', orderId: '1', customer };
    const links = { ...body, visibleMethod: 'blik', preselectMethodCode: 'x'.repeat(21) };
    const answers = [await sell(wrong), await call(gateway, 'POST /payment', { body: links })];
    const errors = answers.flatMap((answer) => (answer.body as Refused).apiErrorResponse.errors);
    expect(Object.fromEntries(errors.map(({ path, message }) => [path, message]))).toEqual({
      ...{ amount: 'Must be a whole number.', title: 'Must be a text.', customer: 'Must be an object.' },
      ...{ cart: 'Must be an object.', multipayout: 'Must be an array.', blikCode: 'Must be a text.' },
      ...{ 'customer.locale': 'Must have at most 10 characters.', visibleMethod: 'Must be an array.' },
      preselectMethodCode: 'Must have at most 20 characters.',
    });
  });

  it.each([0, -1, 1_000_000_000, 1e20, -1e20])('an amount of %d, in one sentence', async (amount) => {
    const { errors } = ((await sell({ amount })).body as Refused).apiErrorResponse;
    expect(errors).toMatchObject([{ path: 'amount', message: 'Must be 1 to 999999999, in minor units.' }]);
  });

  it('a wallet token that holds no card, and leaves no payment behind', async () => {
    const orderId = 'No card in it';
    const wish = { orderId, paymentMethod: 'wallet', paymentMethodCode: 'gpay', wallet: { signature: 'x' } };
    expect((await sell(wish)).status).toBe(422);
    const { rows } = await gateway.database.pool.query('select 1 from payment where order_id = $1', [orderId]);
    expect(rows).toEqual([]);
  });

  it('what is no JSON, with 400', async () => {
    for (const body of ['{', '"text"', '[1]', 'null']) {
      expect((await call(gateway, 'POST /transaction', { body })).status).toBe(400);
    }
  });

  it('passes over fields that it does not know, nulls and empty texts', async () => {
    const answer = await sell({ simp: '1', notificationUrl: null, title: '', validTo: null, unknown: { a: 1 } });
    expect(answer.status).toBe(200);
  });
});

describe('Reserved money', () => {
  async function reserve(): Promise<string> {
    await updateShop(gateway, { capture: 'MANUAL' });
    const answer = await sell({ paymentMethod: 'card', paymentMethodCode: 'ecom3ds', blikCode: undefined });
    await updateShop(gateway, { capture: 'AUTOMATIC' });
    const url = textAt(answer, 'action.url');
    const attempt =
      'a'.repeat(11) +
      String(Math.trunc(performance.now() * 1000))
        .padStart(11, '0')
        .slice(-11);
    const card = { number: '4111111111111111', expiry: '12/29', cvv: '123', name: 'Jan Kowalski' };
    await fetch(`${url}/card`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ ...card, attempt }) });
    const id = textAt(answer, 'transaction.id');
    await expect.poll(async () => textAt(await show(id), 'transaction.status')).toBe('authorized');
    return id;
  }

  it('is taken by capture, without a body', async () => {
    const id = await reserve();
    const answer = await call(gateway, `POST /transaction/${id}/capture`);
    expect([answer.status, textAt(answer, 'transaction.id')]).toEqual([200, id]);
    await expect.poll(async () => textAt(await show(id), 'transaction.status')).toBe('settled');
    expect((await call(gateway, `POST /transaction/${id}/void`)).status).toBe(422);
  });

  it('is released by void', async () => {
    const id = await reserve();
    expect((await call(gateway, `POST /transaction/${id}/void`)).status).toBe(200);
    await expect.poll(async () => textAt(await show(id), 'transaction.status')).toBe('cancelled');
    expect((await call(gateway, `POST /transaction/${id}/capture`)).status).toBe(422);
  });
});
