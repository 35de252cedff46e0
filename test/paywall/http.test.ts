import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AcquirerAnswer } from '../../src/acquirers/port.ts';
import { createRouter } from '../../src/http/router.ts';
import { after } from '../../src/kernel/clock.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { expirePayment } from '../../src/payments/expire-payment.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import type { Shop } from '../../src/shops/model.ts';
import { readAttempts } from '../../src/transactions/store.ts';
import { createHttpWorld, type HttpWorld, posted, startServer, textOf } from '../http/world.ts';
import { actorOf, createPayment, createScriptedAcquirer, createShop, tellAnswer } from '../support/factories.ts';

const wrongCode: AcquirerAnswer = { kind: 'rejected', reason: 'CODE_INVALID', code: '210005' };

let world: HttpWorld;
let shop: Shop;
let answer: AcquirerAnswer;

beforeAll(async () => {
  world = await createHttpWorld({ acquirers: [createScriptedAcquirer(() => answer)] });
  ({ shop } = await createShop(world.database, { name: 'Księgarnia <&>' }));
});
afterAll(() => world.close());
beforeEach(() => {
  answer = { kind: 'pending', confirmUntil: after(world.clock.now(), { ms: 60_000 }) };
});

const newPayment = async (input: Partial<CreatePaymentInput> = {}) =>
  (await createPayment(world.payments, shop, input)).id;
const open = (path: string, headers: Record<string, string> = {}) => world.router.request(path, { headers });
const attemptsOn = (paymentId: string): Promise<Transaction[]> =>
  inTransaction(world.database, (tx) => readAttempts(tx, [paymentId]));

async function showPage(id: string, query = ''): Promise<string> {
  return textOf(await open(`/pay/${id}${query}`, { 'accept-language': 'en' }));
}

/** The token that a fresh page of the payment carries. */
async function tokenOf(id: string): Promise<string> {
  return /name="attempt" value="([^"]+)"/.exec(await showPage(id))?.[1] ?? '';
}

/** Types a code into a fresh page of the payment, and posts it. */
async function pay(id: string, code = '123 456', attempt?: string): Promise<Response> {
  return world.router.request(`/pay/${id}/blik?lang=en`, posted({ code, attempt: attempt ?? (await tokenOf(id)) }));
}

async function payAndTell(id: string, told: AcquirerAnswer): Promise<void> {
  await pay(id);
  for (const attempt of await attemptsOn(id)) await tellAnswer(world.payments, attempt.id, told);
}

describe('GET /pay/{id}', () => {
  it('shows a new payment with the form for a BLIK code, under a policy that lets nothing else run', async () => {
    const id = await newPayment({ title: 'Trzy książki' });
    const page = await open(`/pay/${id}`);
    const policy = page.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain('Księgarnia &lt;&amp;&gt;');
    expect(text).toContain(`<form method="post" action="/pay/${id}/blik">`);
    expect(text).toContain(`<script nonce="${nonce}">`);
    expect(policy).toBe(
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; form-action 'self' https://gateway.example; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(await tokenOf(id)).not.toBe(await tokenOf(id));
  });

  it('is 404 for an id that is unknown or none at all', async () => {
    for (const id of [randomUUID(), 'x', '..%2f', `${randomUUID()}'`, '%00']) {
      const page = await open(`/pay/${id}`, { 'accept-language': 'en' });
      expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('There is no such payment')]);
    }
  });

  it('speaks the language of the address, else of the payment, else of the browser', async () => {
    const id = await newPayment();
    const english = await newPayment({ locale: 'en' });
    expect(await (await open(`/pay/${id}`)).text()).toContain('<html lang="pl">');
    expect(await (await open(`/pay/${id}`, { 'accept-language': 'en-GB' })).text()).toContain('<html lang="en">');
    expect(await (await open(`/pay/${english}`, { 'accept-language': 'pl' })).text()).toContain('<html lang="en">');
    const asked = await (await open(`/pay/${english}?lang=pl`)).text();
    expect(asked).toContain('<html lang="pl">');
    expect(asked).toContain(`action="/pay/${english}/blik?lang=pl"`);
    expect(asked).toContain(`href="/pay/${english}?lang=en"`);
    expect(await (await open(`/pay/${id}?lang="><script>`)).text()).not.toContain('"><script>');
  });

  it('offers nothing to pay with while the shop is suspended, and says so when somebody pays', async () => {
    const suspended = await createShop(world.database, { status: 'SUSPENDED' });
    const { id } = await createPayment(world.payments, shop);
    const move = 'update payment set shop_id = $1::uuid where id = $2::uuid';
    const attempt = await tokenOf(id);
    await world.database.pool.query('alter table payment disable trigger all');
    await world.database.pool.query(move, [suspended.shop.id, id]);
    expect(await showPage(id)).not.toContain('<form');
    const refused = await pay(id, '123456', attempt);
    expect([refused.status, await refused.text()]).toEqual([
      409,
      expect.stringContaining('This shop does not take payments right now'),
    ]);
  });

  it('shows a payment whose time is over as expired, before any job has said so', async () => {
    const soon = await newPayment({ validUntil: after(world.clock.now(), { ms: 61_000 }) });
    const attempt = await tokenOf(soon);
    world.clock.pass({ ms: 61_000 });
    expect(await showPage(soon)).toContain('The time to pay has run out');
    expect((await pay(soon, '123456', attempt)).status).toBe(303);
    expect(await attemptsOn(soon)).toEqual([]);
  });

  it('names no day by which to pay when there is none', async () => {
    const id = await newPayment({ validUntil: 'never' });
    for (const lang of ['pl', 'en']) {
      const page = await showPage(id, `?lang=${lang}`);
      expect(page).toContain('<form');
      expect(page).not.toMatch(/10000|9999|Pay by|Zapłać do/);
    }
  });

  it('leads a browser that reads the address of a form to the payment, and refuses it to a program', async () => {
    const id = await newPayment();
    for (const path of ['blik', 'card', 'bank', 'pay-later', 'instalments', 'lease', 'transfer']) {
      const led = await open(`/pay/${id}/${path}?lang=en`, { accept: 'text/html,*/*;q=0.8' });
      expect([path, led.status, led.headers.get('location')]).toEqual([path, 303, `/pay/${id}?lang=en`]);
      const refused = await open(`/pay/${id}/${path}`);
      expect([path, refused.status, refused.headers.get('allow')]).toEqual([path, 405, 'POST']);
    }
    const unknown = await open(`/pay/${randomUUID()}/blik`, { accept: 'text/html', 'accept-language': 'en' });
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('There is no such payment')]);
  });

  it('answers HEAD like GET, and other methods with 405', async () => {
    const id = await newPayment();
    const head = await world.router.request(`/pay/${id}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const [path, allow] of [
      [`/pay/${id}`, 'GET, HEAD'],
      [`/pay/${id}/blik`, 'POST'],
      [`/pay/${id}/events`, 'GET'],
    ]) {
      const refused = await world.router.request(path as string, { method: 'PUT' });
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, allow]);
    }
    expect((await world.router.request(`/pay/${id}/events`, { method: 'HEAD' })).status).toBe(405);
  });
});

describe('POST /pay/{id}/blik', () => {
  it('starts an attempt and leads back to the payment, which then waits for the bank app', async () => {
    const id = await newPayment();
    const posted = await pay(id, '123 456');
    expect([posted.status, posted.headers.get('location')]).toEqual([303, `/pay/${id}?lang=en`]);
    expect(await attemptsOn(id)).toMatchObject([{ status: 'PENDING', source: 'WEB', channel: 'blik' }]);
    const page = await showPage(id);
    expect(page).toContain(`data-events="/pay/${id}/events" data-status="PENDING.PENDING.1.CONFIRM"`);
    expect(page).toContain('>1:00</p>');
  });

  it('makes one attempt of a form that is sent twice, at once or later', async () => {
    const id = await newPayment();
    const attempt = await tokenOf(id);
    const answers = await Promise.all([pay(id, '123456', attempt), pay(id, '123456', attempt)]);
    expect([...answers, await pay(id, '123456', attempt)].map((one) => one.status)).toEqual([303, 303, 303]);
    expect(await attemptsOn(id)).toHaveLength(1);
  });

  it('shows why an attempt was refused, and takes another try with a new token', async () => {
    const id = await newPayment();
    answer = wrongCode;
    const attempt = await tokenOf(id);
    await pay(id, '700005', attempt);
    const page = await showPage(id);
    expect(page).toContain('This BLIK code is not correct.');
    expect(page).toContain('No money was taken.');
    expect((await pay(id, '700005', attempt)).status).toBe(303);
    expect(await attemptsOn(id)).toHaveLength(1);
    world.clock.pass({ ms: 1_000 });
    answer = { kind: 'silent' };
    await pay(id);
    expect((await attemptsOn(id)).map((one) => one.status)).toEqual(['REJECTED', 'UNKNOWN']);
  });

  it.each(['GET', 'POST'] as const)('leads to a page at another origin by its own page (%s)', async (httpMethod) => {
    const id = await newPayment();
    const fields = httpMethod === 'POST' ? [{ name: 'order', value: '"1"' }] : [];
    answer = { kind: 'pending', redirect: { url: 'https://bank.example/pay?a=1&b=2', httpMethod, fields } };
    expect((await pay(id)).headers.get('location')).toBe(`/pay/${id}?lang=en`);
    const page = await open(`/pay/${id}?lang=en`);
    expect(page.headers.get('content-security-policy')).toContain(' https://bank.example;');
    expect(await textOf(page)).toContain(
      httpMethod === 'POST'
        ? '<form method="post" action="https://bank.example/pay?a=1&amp;b=2">\n<input type="hidden" name="order" value="&quot;1&quot;">'
        : '<a class="button" href="https://bank.example/pay?a=1&amp;b=2">',
    );
  });

  it('takes another code from a payer who has gone back to the form that he sent before', async () => {
    const id = await newPayment();
    answer = wrongCode;
    const attempt = await tokenOf(id);
    await pay(id, '700005', attempt);
    answer = { kind: 'settled', amount: 1234n };
    await pay(id, '111111', attempt);
    expect((await attemptsOn(id)).map((one) => one.status).toSorted()).toEqual(['REJECTED', 'SETTLED']);
  });

  it.each([
    ['', 'Enter a BLIK code.'],
    ['12345', 'exactly 6 digits'],
    ['1234567', 'exactly 6 digits'],
    ['١٢٣٤٥٦', 'exactly 6 digits'],
    ['<b>', 'exactly 6 digits'],
  ])('says what is wrong with the code %j and starts nothing', async (code, words) => {
    const id = await newPayment();
    const page = await pay(id, code);
    expect([page.status, await page.text()]).toEqual([422, expect.stringContaining(words)]);
    expect(await attemptsOn(id)).toEqual([]);
  });

  it('leads back to the payment while an attempt runs, and when it is paid', async () => {
    const id = await newPayment();
    const attempt = await tokenOf(id);
    await payAndTell(id, { kind: 'silent' });
    expect((await pay(id, '222222', attempt)).status).toBe(303);
    await payAndTell(id, { kind: 'settled', amount: 1234n });
    expect((await pay(id, '222222', attempt)).status).toBe(303);
    expect(await attemptsOn(id)).toHaveLength(1);
  });

  it('starts nothing for a form that no page of ours was', async () => {
    const id = await newPayment();
    expect((await pay(id, '123456', 'short')).status).toBe(303);
    const json = {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: `code=123456&attempt=${'a'.repeat(22)}`,
    };
    expect((await world.router.request(`/pay/${id}/blik`, json)).status).toBe(303);
    expect(await attemptsOn(id)).toEqual([]);
  });

  it('lets nobody try codes without end', async () => {
    const id = await newPayment();
    answer = wrongCode;
    const tries = [];
    for (let count = 0; count < 11; count += 1) tries.push((await pay(id)).status);
    expect(tries).toEqual([...Array<number>(10).fill(303), 429]);
    const page = await pay(id);
    expect(await page.text()).toContain('There were too many attempts in a short time.');
    expect(Number(page.headers.get('retry-after'))).toSatisfy((seconds: number) => seconds > 0 && seconds <= 60);
  });

  it('stops an address that had 60 codes refused on any payments, and only that', async () => {
    answer = wrongCode;
    const router = createRouter({ ...world.deps, trustedProxies: ['127.0.0.1'] });
    const { server, url } = await startServer({ router });
    const payFrom = async (address: string): Promise<Response> => {
      const form = posted({ code: '700005', attempt: randomBytes(16).toString('base64url') });
      const headers = { ...form.headers, 'x-forwarded-for': address, 'accept-language': 'en' };
      return fetch(`${url}/pay/${await newPayment()}/blik`, { ...form, headers, redirect: 'manual' });
    };
    for (let count = 0; count < 60; count += 1) expect((await payFrom('203.0.113.7')).status).toBe(303);
    const page = await payFrom('203.0.113.7');
    const text = await page.text();
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^3[56]\d\d$/)]);
    expect(text).toContain('Too many attempts were refused. You can pay again in an hour at the latest.');
    expect(text).toContain('The payment did not go through');
    expect(text).not.toContain('aria-invalid="true"');
    expect((await payFrom('203.0.113.8')).status).toBe(303);
    await server.close();
    const metrics = await (await world.router.request('/metrics')).text();
    expect(metrics).toMatch(/^bramka_limited_total\{limit="attempts_address",effect="slowed"\} 40$/m);
    expect(metrics).toMatch(/^bramka_limited_total\{limit="attempts_address",effect="refused"\} 1$/m);
  });

  it('says that BLIK cannot pay a payment that asks for another method', async () => {
    const id = await newPayment();
    await world.database.pool.query("update payment set methods = '{CARD}' where id = $1", [id]);
    const page = await pay(id, '123456', 'a'.repeat(22));
    expect([page.status, await page.text()]).toEqual([422, expect.stringContaining('cannot be made right now')]);
  });
});

describe('The way back to the shop', () => {
  const urls = {
    successUrl: 'https://shop.example/ok?a=1&b=%2F;c',
    failureUrl: 'https://shop.example/no',
    returnUrl: 'https://shop.example/back',
  };
  const back = async (id: string, query = '') => {
    const page = await showPage(id, query);
    return {
      link: /<a (?:class="button" )?href="(https:[^"]+)"/.exec(page)?.[1],
      refresh: page.includes('content="5;url='),
    };
  };
  const cancel = (id: string) => cancelPayment(world.payments, actorOf(shop), id);

  it('is the success address of a paid payment, unchanged, by itself unless the payer stays', async () => {
    const id = await newPayment(urls);
    await payAndTell(id, { kind: 'settled', amount: 1234n });
    expect(await back(id)).toEqual({ link: urls.successUrl.replaceAll('&', '&amp;'), refresh: true });
    expect(await back(id, '?stay=1')).toMatchObject({ refresh: false });
  });

  it('is the failure address of one that is over, else the return address', async () => {
    const cancelled = await newPayment(urls);
    await cancel(cancelled);
    expect(await back(cancelled)).toEqual({ link: urls.failureUrl, refresh: true });
    const other = await newPayment({ returnUrl: urls.returnUrl });
    await cancel(other);
    expect(await back(other)).toEqual({ link: urls.returnUrl, refresh: true });
  });

  it('is a mere link while it is unpaid, and never the failure address once an attempt runs', async () => {
    const id = await newPayment(urls);
    expect(await back(id)).toEqual({ link: urls.returnUrl, refresh: false });
    const failing = await newPayment({ failureUrl: urls.failureUrl });
    expect(await back(failing)).toEqual({ link: urls.failureUrl, refresh: false });
    await payAndTell(failing, { kind: 'silent' });
    expect(await back(failing)).toEqual({ link: undefined, refresh: false });
  });

  it('promises nothing and sends nobody away while money may still come for a payment that is over', async () => {
    const cancelled = await newPayment(urls);
    await pay(cancelled);
    await cancel(cancelled);
    const expired = await newPayment(urls);
    await pay(expired);
    const muchLater = { now: () => new Date('2030-01-01T00:00:00Z') };
    await expirePayment({ ...world.payments, clock: muchLater }, expired);
    for (const id of [cancelled, expired]) {
      const page = await showPage(id);
      expect(page).toContain('it may still go through');
      expect(page).not.toContain('No money was taken');
      expect(page).toContain(`data-events="/pay/${id}/events"`);
      expect(await back(id)).toEqual({ link: urls.failureUrl, refresh: false });
      for (const attempt of await attemptsOn(id))
        await tellAnswer(world.payments, attempt.id, { kind: 'settled', amount: 1234n });
      expect(await showPage(id)).toContain('You paid');
    }
  });
});
