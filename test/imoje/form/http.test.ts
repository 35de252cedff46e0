import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRouter } from '../../../src/http/router.ts';
import { after } from '../../../src/kernel/clock.ts';
import { inTransaction, read } from '../../../src/kernel/db/database.ts';
import type { Payment } from '../../../src/kernel/db/generated/prisma/client.ts';
import { createSeal } from '../../../src/kernel/seal.ts';
import { cancelPayment } from '../../../src/payments/cancel-payment.ts';
import { expirePayment } from '../../../src/payments/expire-payment.ts';
import { findPayment } from '../../../src/payments/store.ts';
import { rotateServiceKey } from '../../../src/shops/rotate-service-key.ts';
import { createHttpWorld, type HttpWorld, posted, textOf } from '../../http/world.ts';
import {
  actorOf,
  createScriptedAcquirer,
  createShop,
  startBlik,
  type TestShop,
  tellAnswer,
  testSeal,
} from '../../support/factories.ts';
import { packed } from './good-form.ts';
import { type FlatFields, signByHand, signed } from './sign-by-hand.ts';

/** The code to which the acquirer does not answer. */
const unanswered = '700000';

let world: HttpWorld;
let own: TestShop;

beforeAll(async () => {
  world = await createHttpWorld({
    acquirers: [createScriptedAcquirer(({ blikCode }) => ({ kind: blikCode === unanswered ? 'silent' : 'pending' }))],
  });
  own = await createShop(world.database);
});
afterAll(() => world.close());

let orders = 0;

/** A form for a new order, with what is given instead. */
function formOf(changes: FlatFields = {}): Record<string, string> {
  orders += 1;
  return {
    serviceId: own.shop.id,
    merchantId: own.shop.merchantId,
    amount: '1234',
    currency: 'PLN',
    orderId: `ORD/${orders}`,
    customerFirstName: 'Łucja',
    customerLastName: 'Nowak-Żak',
    ...changes,
  };
}

const post = async (fields: FlatFields, path = '/payment'): Promise<Response> =>
  world.router.request(path, posted(fields));
const postSigned = (fields: FlatFields, path?: string) => post(signed(fields, own.serviceKey), path);
const idIn = (answer: Response): string =>
  /^\/pay\/([0-9a-f-]{36})/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';

/** Posts a signed form and gives the payment it leads to. */
async function openSigned(fields: FlatFields): Promise<Payment> {
  const answer = await postSigned(fields);
  expect(answer.status).toBe(303);
  const payment = await findPayment(world.database, idIn(answer));
  if (!payment) throw new Error('There is no such payment.');
  return payment;
}

async function countPayments(): Promise<number> {
  const [row] = await read<{ count: number }>(world.database, {
    ...{ name: 'test-count-payments', text: 'select count(*)::int as count from payment', values: [] },
  });
  return row?.count ?? -1;
}

const inSeconds = (seconds: number): string => String(Math.floor(world.clock.now().getTime() / 1000) + seconds);
const cancel = (id: string) => cancelPayment(world.payments, actorOf(own.shop), id);

/** Lets the time of a payment run out at this moment. */
async function expireNow(id: string): Promise<void> {
  const now = world.clock.now();
  await world.database.pool.query('update payment set valid_until = $2 where id = $1', [id, now]);
  await expirePayment(world.payments, id);
}

describe('POST /payment', () => {
  it('opens the payment of a signed form and leads the payer to it', async () => {
    const form = formOf({
      ...{ orderDescription: 'Zamówienie #1', customerEmail: 'łucja@example.com', customerPhone: '+48 501 501 501' },
      ...{ urlSuccess: 'https://shop.example/ok?a=1&b=2', urlFailure: 'https://shop.example/no' },
      ...{ urlReturn: 'https://shop.example/ret', urlNotification: 'https://shop.example/n', visibleMethod: 'blik' },
      ...{ 'billing[firstName]': 'Jan', 'billing[lastName]': 'Kowalski', cart: packed({ items: [] }), unknown: '' },
    });
    const payment = await openSigned(form);
    expect(payment).toMatchObject({
      ...{ shopId: own.shop.id, source: 'FORM', status: 'NEW', amount: 1234n, currency: 'PLN', title: 'Zamówienie #1' },
      ...{ customerFirstName: 'Łucja', customerEmail: 'łucja@example.com', methods: ['BLIK'] },
      ...{ successUrl: form.urlSuccess, failureUrl: form.urlFailure, returnUrl: form.urlReturn },
      notificationUrl: form.urlNotification,
      documents: { billing: { firstName: 'Jan', lastName: 'Kowalski' }, cart: { items: [] } },
    });
    expect(await (await world.router.request(`/pay/${payment.id}`)).text()).toContain('Zamówienie #1');
  });

  it.each(['sha224', 'sha256', 'sha384', 'sha512'])('takes a signature by %s', async (algorithm) => {
    expect((await post(signed(formOf(), own.serviceKey, algorithm))).status).toBe(303);
  });

  it('takes the form as a query too, with + or %20 for spaces', async () => {
    const query = new URLSearchParams(signed(formOf({ orderDescription: 'a b&c' }), own.serviceKey)).toString();
    const plus = await world.router.request(`/payment?${query}`);
    const percent = await world.router.request(`/payment?${query.replaceAll('+', '%20')}`);
    expect([plus.status, idIn(plus)]).toEqual([303, idIn(percent)]);
  });

  it('keeps the language of the path, and knows all of imoje', async () => {
    expect((await postSigned(formOf(), '/en/payment')).headers.get('location')).toMatch(/\?lang=en$/);
    for (const lang of ['pl', 'uk', 'nl', 'hu', 'ro', 'bg', 'sv', 'PL']) {
      expect((await postSigned(formOf(), `/${lang}/payment`)).status).toBe(303);
    }
    expect((await postSigned(formOf(), '/EN/payment')).headers.get('location')).toMatch(/\?lang=en$/);
    for (const lang of ['xx', 'payment', 'p', 'pl-PL']) {
      expect((await postSigned(formOf(), `/${lang}/payment`)).status).toBe(404);
    }
  });

  it('is the same with a slash at the end', async () => {
    const form = formOf();
    const id = idIn(await postSigned(form));
    const query = new URLSearchParams(signed(form, own.serviceKey)).toString();
    for (const path of ['/payment/', '/pl/payment/', '/PL/payment/']) {
      expect(idIn(await postSigned(form, path))).toBe(id);
      expect(idIn(await world.router.request(`${path}?${query}`))).toBe(id);
    }
    expect((await postSigned(form, '/xx/payment/')).status).toBe(404);
  });

  it('takes an old key during its overlap, and not after it', async () => {
    const { shop, serviceKey } = await createShop(world.database);
    const deps = { actor: actorOf(shop), clock: world.clock, seal: testSeal };
    await inTransaction(world.database, (tx) => rotateServiceKey(tx, deps, { shop, overlapHours: 1 }));
    const form = () => signed(formOf({ serviceId: shop.id, merchantId: shop.merchantId }), serviceKey);
    expect((await post(form())).status).toBe(303);
    world.clock.pass({ ms: 3_600_000 });
    expect((await post(form())).status).toBe(403);
  });

  it('takes no key that was sealed with a secret which is lost, and goes on with one of the present secret', async () => {
    const { shop, serviceKey: lost } = await createShop(world.database);
    const resealed = new Uint8Array(createSeal('a secret that nobody has any more, long enough').close(lost, shop.id));
    await world.database.pool.query('update service_key set sealed = $2 where shop_id = $1', [shop.id, resealed]);
    const form = (key: string) => signed(formOf({ serviceId: shop.id, merchantId: shop.merchantId }), key);
    expect((await post(form(lost))).status).toBe(403);
    const deps = { actor: actorOf(shop), clock: world.clock, seal: testSeal };
    const { serviceKey } = await inTransaction(world.database, (tx) =>
      rotateServiceKey(tx, deps, { shop, overlapHours: 1 }),
    );
    expect((await post(form(lost))).status).toBe(403);
    expect((await post(form(serviceKey))).status).toBe(303);
  });

  it('passes over methods that the shop lacks, unless it lacks them all', async () => {
    expect(await openSigned(formOf({ visibleMethod: 'card,blik' }))).toMatchObject({ methods: ['CARD', 'BLIK'] });
    const refused = await postSigned(formOf({ visibleMethod: 'card' }));
    expect([refused.status, await refused.text()]).toEqual([
      422,
      expect.stringContaining('<code>visibleMethod</code>'),
    ]);
  });

  it('opens the same payment while the only method of the form that the shop has is out of order', async () => {
    const down = { ...createScriptedAcquirer(), unavailability: () => ({ reason: 'ACQUIRER_DOWN' }) as const };
    const acquirers = new Map([[down.name, down]]);
    const router = createRouter({ ...world.deps, prepare: { ...world.deps.prepare, acquirers } });
    const form = posted(signed(formOf({ visibleMethod: 'card,blik' }), own.serviceKey));
    const answer = await router.request('/payment', form);
    expect(answer.status).toBe(303);
    expect(await findPayment(world.database, idIn(answer))).toMatchObject({ methods: ['CARD', 'BLIK'] });
  });

  it.each([
    ['29999', 'imoje_installments', 422],
    ['29999', 'imoje_installments,blik', 303],
    ['30000', 'imoje_installments', 303],
  ])('for an amount of %s asks for %s, and is answered with %i', async (amount, visibleMethod, status) => {
    const lender = { ...createScriptedAcquirer(), channels: ['blik', 'inbank'] } as const;
    const acquirers = new Map([[lender.name, lender]]);
    const router = createRouter({ ...world.deps, prepare: { ...world.deps.prepare, acquirers } });
    const form = posted(signed(formOf({ amount, visibleMethod }), own.serviceKey));
    const answer = await router.request('/payment', form);
    expect(answer.status).toBe(status);
    if (status === 422) expect(await answer.text()).toContain('<code>amount</code>');
  });

  it.each([
    ['blik', 422],
    ['pbl', 422],
    ['imoje_paylater', 422],
    ['imoje_installments', 422],
    ['blik,pbl', 422],
    ['blik,card', 303],
    [undefined, 303],
  ])('in EUR asks for %s, and is answered with %i', async (visibleMethod, status) => {
    const channels = ['blik', 'ipko', 'paypo', 'inbank', 'ecom3ds'] as const;
    const all = { ...createScriptedAcquirer(), channels };
    const acquirers = new Map([[all.name, all]]);
    const router = createRouter({ ...world.deps, prepare: { ...world.deps.prepare, acquirers } });
    const form = { ...formOf({ currency: 'EUR' }), ...(visibleMethod && { visibleMethod }) };
    const before = await countPayments();
    const answer = await router.request('/en/payment', posted(signed(form, own.serviceKey)));
    expect(answer.status).toBe(status);
    expect(await countPayments()).toBe(before + (status === 303 ? 1 : 0));
    if (status === 303) return;
    const words = visibleMethod?.replaceAll(',', ', ');
    const sentence = `<code>currency</code>: ${words} cannot be paid in EUR; take PLN, or other methods.`;
    expect(await answer.text()).toContain(sentence);
  });
});

describe('The same form sent again', () => {
  it('leads to the same payment, whatever its order, language, method and hash', async () => {
    const form = formOf();
    const { id } = await openSigned(form);
    const turned = Object.fromEntries(Object.entries(signed(form, own.serviceKey, 'sha512')).reverse());
    expect(idIn(await post(turned))).toBe(id);
    expect(idIn(await postSigned(form, '/de/payment'))).toBe(id);
    const query = new URLSearchParams(signed(form, own.serviceKey)).toString();
    expect(idIn(await world.router.request(`/payment?${query}`))).toBe(id);
  });

  it('makes one payment of many that come at once', async () => {
    const form = formOf();
    const answers = await Promise.all(Array.from({ length: 20 }, () => postSigned(form)));
    expect(new Set(answers.map(idIn)).size).toBe(1);
  });

  it('leads to the payment when it is paid', async () => {
    const form = formOf();
    const { id } = await openSigned(form);
    const { transaction } = await startBlik(world.payments, own.shop, { paymentId: id });
    await tellAnswer(world.payments, transaction.id, { kind: 'settled', amount: 1234n });
    expect(idIn(await postSigned(form))).toBe(id);
  });

  it('makes the next payment when the first was cancelled or has expired, and then stays with that', async () => {
    const form = formOf();
    const first = await openSigned(form);
    await cancel(first.id);
    const second = await openSigned(form);
    expect(second).toMatchObject({ status: 'NEW', orderId: first.orderId });
    expect(second.id).not.toBe(first.id);
    expect((await openSigned(form)).id).toBe(second.id);
    const muchLater = { now: () => new Date('2030-01-01T00:00:00Z') };
    await expirePayment({ ...world.payments, clock: muchLater }, second.id);
    const third = await openSigned(form);
    expect([first.id, second.id]).not.toContain(third.id);
  });

  it('stays with a payment that is over while nobody knows whether it was paid', async () => {
    const form = formOf();
    const { id } = await openSigned(form);
    await startBlik(world.payments, own.shop, { paymentId: id, blikCode: unanswered });
    await cancel(id);
    expect(idIn(await postSigned(form))).toBe(id);
  });

  it.each([
    ['cancelled', (id: string) => cancel(id)],
    ['expired', (id: string) => expireNow(id)],
  ])(
    'stays with a payment that was %s while its payer was at his bank, until nothing can come any more',
    async (_, end) => {
      const form = formOf();
      const { id } = await openSigned(form);
      await startBlik(world.payments, own.shop, { paymentId: id });
      await end(id);
      world.clock.pass({ ms: 14 * 60_000 });
      expect((await openSigned(form)).id).toBe(id);
      expect(await textOf(await world.router.request(`/pay/${id}?lang=en`))).toContain('Do not pay again until');
      world.clock.pass({ ms: 60_000 });
      const next = await openSigned(form);
      expect(next.id).not.toBe(id);
      expect((await openSigned(form)).id).toBe(next.id);
    },
  );

  it('leads to the payment whose money came after it was cancelled', async () => {
    const form = formOf();
    const { id } = await openSigned(form);
    const { transaction } = await startBlik(world.payments, own.shop, { paymentId: id });
    await cancel(id);
    await tellAnswer(world.payments, transaction.id, { kind: 'settled', amount: 1234n });
    world.clock.pass({ ms: 3_600_000 });
    expect(await openSigned(form)).toMatchObject({ id, status: 'SETTLED' });
  });

  it('stays with a payment that is over while money of another amount is held for it', async () => {
    const form = formOf();
    const { id } = await openSigned(form);
    const { transaction } = await startBlik(world.payments, own.shop, { paymentId: id });
    await cancel(id);
    await tellAnswer(world.payments, transaction.id, { kind: 'settled', amount: 1000n });
    world.clock.pass({ ms: 24 * 3_600_000 });
    expect((await openSigned(form)).id).toBe(id);
    await tellAnswer(world.payments, transaction.id, { kind: 'rejected', reason: 'GENERAL', code: '05' });
    world.clock.pass({ ms: 15 * 60_000 });
    expect((await openSigned(form)).id).not.toBe(id);
  });

  it('stays with a payment that is over for the three days in which an acquirer without an answer is asked', async () => {
    const form = formOf();
    const { id } = await openSigned(form);
    const { transaction } = await startBlik(world.payments, own.shop, { paymentId: id, blikCode: unanswered });
    await world.payments.applying.submit({ transactionId: transaction.id, answer: { kind: 'given-up' } });
    await cancel(id);
    world.clock.pass({ ms: 71 * 3_600_000 });
    expect((await openSigned(form)).id).toBe(id);
    world.clock.pass({ ms: 3_600_000 });
    expect((await openSigned(form)).id).not.toBe(id);
  });

  it('stays with its payment around the end of its time', async () => {
    const form = formOf({ validTo: inSeconds(90) });
    const { id } = await openSigned(form);
    world.clock.pass({ ms: 60_000 });
    expect((await openSigned(form)).id).toBe(id);
    world.clock.pass({ ms: 60_000 });
    expect((await openSigned(form)).id).toBe(id);
    await expirePayment(world.payments, id);
    expect((await openSigned(form)).id).toBe(id);
    expect(await (await world.router.request(`/pay/${id}?lang=en`)).text()).toContain('The time to pay has run out');
  });

  it('stops making payments at some point', async () => {
    const form = formOf();
    const ids = new Set<string>();
    for (let count = 0; count < 52; count += 1) {
      const { id, status } = await openSigned(form);
      ids.add(id);
      if (status === 'NEW') await cancel(id);
    }
    expect(ids.size).toBe(50);
  });
});

describe('A form that the shop did not sign', () => {
  it('looks the same whether the shop, the merchant or the signature is wrong, and writes nothing', async () => {
    const other = await createShop(world.database);
    const form = formOf({ urlFailure: 'https://evil.example/' });
    const bad: Record<string, string>[] = [
      signed(form, 'another key'),
      { ...signed(form, own.serviceKey), amount: '1' },
      { ...form },
      { ...form, signature: '' },
      { ...form, 'signature[]': 'x' },
      { ...form, signature: signByHand(form, '') },
      signed({ ...form, serviceId: '11111111-2222-4333-8444-555555555555' }, own.serviceKey),
      signed({ ...form, serviceId: 'x' }, own.serviceKey),
      signed({ ...form, merchantId: other.shop.merchantId }, own.serviceKey),
      signed({ ...form, serviceId: other.shop.id }, own.serviceKey),
      {},
    ];
    const before = await countPayments();
    const pages = new Set<string>();
    for (const fields of bad) {
      const answer = await post(fields, '/en/payment');
      expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
      pages.add(await textOf(answer));
    }
    expect(pages.size).toBe(1);
    const [page = ''] = pages;
    expect(page).toContain('The field signature does not match the other fields.');
    expect(page).toContain('The fields merchantId and serviceId are the ids');
    expect(page).toContain('documentation');
    expect(page).not.toContain('evil.example');
    expect(await countPayments()).toBe(before);
  });
});

describe('A signed form that cannot make a payment', () => {
  it('is answered with every problem, escaped, and without leading anywhere', async () => {
    const before = await countPayments();
    const form = formOf({
      amount: '0',
      currency: 'XXX',
      customerFirstName: '<script>',
      urlReturn: 'javascript:alert(1)',
    });
    const answer = await postSigned(form, '/en/payment');
    const page = await textOf(answer);
    expect(answer.status).toBe(422);
    for (const field of ['amount', 'currency', 'customerFirstName', 'urlReturn'])
      expect(page).toContain(`<code>${field}</code>`);
    expect(page).not.toMatch(/<script>|javascript:/);
    expect(await countPayments()).toBe(before);
  });

  it.each([
    ['a time that is nearly over', () => ({ validTo: inSeconds(58) }), 'validTo</code>: Must lie at least 60'],
    ['a time long ago', () => ({ validTo: '1' }), 'validTo</code>: Must lie at least 60'],
    [
      'an address that we may not call',
      () => ({ urlNotification: 'http://127.0.0.1/n' }),
      'urlNotification</code>: Must',
    ],
    ['text with a second reading', () => ({ additionalDescription: 'x&amount=1&z=' }), '<code>amount</code>'],
  ])('because of %s says so', async (_, changes, words) => {
    const answer = await postSigned(formOf(changes()), '/en/payment');
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining(words)]);
  });

  it('takes a time that is just far enough ahead', async () => {
    expect((await postSigned(formOf({ validTo: inSeconds(60) }))).status).toBe(303);
  });

  it('because the shop is suspended says so', async () => {
    const { shop, serviceKey } = await createShop(world.database, { status: 'SUSPENDED' });
    const form = signed(formOf({ serviceId: shop.id, merchantId: shop.merchantId }), serviceKey);
    const answer = await post(form, '/en/payment');
    expect([answer.status, await answer.text()]).toEqual([
      409,
      expect.stringContaining('This shop does not take payments right now'),
    ]);
  });

  it('because it is no form says what to do instead', async () => {
    const broken = { 'a=%zz': /not followed by two hexadecimal digits/, 'a=%ff': /not UTF-8/ };
    for (const [body, words] of Object.entries(broken)) {
      const answer = await world.router.request('/en/payment', { ...posted({}), body });
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringMatching(words)]);
    }
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const answer = await world.router.request('/en/payment', json);
    expect([answer.status, await answer.text()]).toEqual([
      422,
      expect.stringContaining('must be sent as application/x-www-form-urlencoded'),
    ]);
  });

  it('because of its method is answered with the methods there are', async () => {
    for (const method of ['HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      for (const path of ['/payment', '/en/payment', '/payment/', '/en/payment/']) {
        const query = new URLSearchParams(signed(formOf(), own.serviceKey)).toString();
        const answer = await world.router.request(`${path}?${query}`, { method });
        expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
      }
    }
  });
});

describe('A form of a merchant whose clock was moved', () => {
  it('is judged by that clock', async () => {
    const { shop, serviceKey } = await createShop(world.database);
    const moved = `update merchant set clock_offset_ms = 86400000 where id = $1`;
    await world.database.pool.query(moved, [shop.merchantId]);
    world.payments.shops.forget(shop.id);
    const ids = { serviceId: shop.id, merchantId: shop.merchantId };
    expect((await post(signed(formOf({ ...ids, validTo: inSeconds(3_600) }), serviceKey))).status).toBe(422);
    const answer = await post(signed(formOf({ ...ids, validTo: inSeconds(90_000) }), serviceKey));
    const payment = await findPayment(world.database, idIn(answer));
    expect(payment?.createdAt).toEqual(after(world.clock.now(), { ms: 86_400_000 }));
  });
});
