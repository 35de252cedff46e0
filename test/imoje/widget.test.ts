import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listPeriods } from '../../src/imoje/widget/list-periods.ts';
import { updateShop } from '../start/pay.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { signByHand, signed } from './form/sign-by-hand.ts';
import { call, saleBody } from './rest/client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

const usual = () => ({
  ...{ merchantId: gateway.demo.merchantId, serviceId: gateway.demo.serviceId, amount: '1234', currency: 'PLN' },
  ...{ orderId: 'WID/1', customerId: 'customer-1', customerFirstName: 'Łucja', customerLastName: 'Żak' },
  customerEmail: 'lucja@example.com',
});
const post = (fields: Record<string, string>, lang = 'en'): Promise<Response> =>
  fetch(`${gateway.url}/widget?lang=${lang}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
const opened = async (changes: Record<string, string> = {}): Promise<string> => {
  const answer = await post(signed({ ...usual(), ...changes }, gateway.demo.serviceKey));
  expect(answer.status).toBe(303);
  return answer.headers.get('location') ?? '';
};
const pageAt = async (path: string): Promise<string> => (await fetch(`${gateway.url}${path}`)).text();

const cancel = async (location: string): Promise<void> => {
  const query = 'mutation ($id: ID!) { cancelPayment(input: { paymentId: $id }) { __typename } }';
  await ask(gateway, query, { variables: { id: location.split('/')[2] } });
};
const recipientsOf = async (location: string): Promise<string[]> => {
  const query = 'query ($id: ID!) { payment(id: $id) { shares { label } } }';
  type Found = { payment: { shares: { label: string }[] } };
  const { data } = await ask<Found>(gateway, query, { variables: { id: location.split('/')[2] } });
  return data.payment.shares.map(({ label }) => label);
};
const card = { number: '4111111111111111', expiry: '12/29', cvv: '123', name: 'Łucja Żak' };
const payByCard = (location: string, changes: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway.url}${location}`, {
    method: 'POST',
    body: new URLSearchParams({ ...card, attempt: randomBytes(16).toString('base64url'), ...changes }),
    redirect: 'manual',
  });
const framedByAnybody = 'frame-ancestors https: http:';

describe('The script of a widget', () => {
  it.each(['/js/widget.min.js', '/js/installments.js'])(
    '%s may be loaded by any page, and is kept until it changes',
    async (path) => {
      const answer = await fetch(`${gateway.url}${path}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=UTF-8']);
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      const etag = answer.headers.get('etag') ?? '';
      expect((await fetch(`${gateway.url}${path}`, { headers: { 'if-none-match': etag } })).status).toBe(304);
      expect((await fetch(`${gateway.url}${path}`, { method: 'POST' })).status).toBe(405);
    },
  );

  it('is not sent again to whoever names it in any of the ways of RFC 9110, section 13.1.2', async () => {
    const path = `${gateway.url}/js/widget.min.js`;
    const etag = (await fetch(path)).headers.get('etag') ?? '';
    const statusFor = async (named: string): Promise<number> =>
      (await fetch(path, { headers: { 'if-none-match': named } })).status;
    for (const named of [`W/${etag}`, `"a,b", ${etag}`, `"a",W/${etag} , "c"`, '*']) {
      expect([named, await statusFor(named)]).toEqual([named, 304]);
    }
    for (const named of ['"another"', etag.replaceAll('"', ''), etag.toLowerCase().replace('"', '"x'), '"*"', '']) {
      expect([named, await statusFor(named)]).toEqual([named, 200]);
    }
  });
});

describe('POST /widget', () => {
  it('opens the payment that the form would open, once, and leads to its card form', async () => {
    const location = await opened();
    expect(location).toMatch(/^\/pay\/[0-9a-f-]{36}\/widget\?lang=en$/);
    expect(await opened()).toBe(location);
    const form = new URLSearchParams(signed(usual(), gateway.demo.serviceKey));
    const answer = await fetch(`${gateway.url}/payment`, { method: 'POST', body: form, redirect: 'manual' });
    expect(`${answer.headers.get('location')}/widget?lang=en`).toBe(location);
  });

  it('may be framed, unlike every other page', async () => {
    const location = await opened({ orderId: 'WID/2' });
    const answer = await fetch(`${gateway.url}${location}`);
    expect(answer.headers.get('content-security-policy')).toContain(framedByAnybody);
    const payment = await fetch(`${gateway.url}${location.replace('/widget', '')}`);
    expect(payment.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('has nothing to frame of a payment that the form opened, and leads on to it', async () => {
    const fields = signed({ ...usual(), orderId: 'WID/6' }, gateway.demo.serviceKey);
    const body = new URLSearchParams(fields);
    const answer = await fetch(`${gateway.url}/payment`, { method: 'POST', body, redirect: 'manual' });
    const payment = answer.headers.get('location');
    for (const method of ['GET', 'POST']) {
      const framed = await fetch(`${gateway.url}${payment}/widget`, { method, redirect: 'manual' });
      expect([framed.status, framed.headers.get('location')]).toEqual([303, payment]);
    }
    const location = (await post(fields)).headers.get('location') ?? '';
    expect(location).toBe(`${payment}/widget/leave?lang=en`);
    const page = await pageAt(location);
    expect(page).toContain(`target="_top" href="${payment}?lang=en"`);
    expect(page).not.toMatch(/12\.34|WID|Sklep Demo/);
  });

  it.each([
    ['nothing', 'Sklep Demo will keep this card'],
    ['recurring', 'to charge this card again later'],
    ['ecom3ds', 'Name on the card'],
  ])('of the type %s says what becomes of the card', async (widgetType, words) => {
    const type = widgetType === 'nothing' ? {} : { widgetType };
    const page = await pageAt(await opened({ ...type, orderId: `WID/${widgetType}` }));
    expect(page).toContain(words);
    expect(page.includes('this card')).toBe(widgetType !== 'ecom3ds');
  });

  it('speaks the language that it is asked for, and English where it is none of ours', async () => {
    const fields = signed({ ...usual(), orderId: 'WID/3' }, gateway.demo.serviceKey);
    const polish = { headers: { 'accept-language': 'pl-PL,pl;q=0.9' } };
    for (const [lang, words, refused] of [
      ['pl', 'Numer karty', 'Dla osoby, która integruje sklep'],
      ['xx', 'Card number', 'For whoever integrates the shop'],
      ['de', 'Kartennummer', 'Für die technische Anbindung des Shops'],
    ] as const) {
      const location = (await post(fields, lang)).headers.get('location');
      expect(await (await fetch(`${gateway.url}${location}`, polish)).text()).toContain(words);
      const forged = new URLSearchParams({ ...fields, amount: '1' });
      const answer = await fetch(`${gateway.url}/widget?lang=${lang}`, { ...polish, method: 'POST', body: forged });
      expect(await answer.text()).toContain(refused);
    }
  });

  it('takes recipients as JSON, signed as a list or as the text that it is', async () => {
    const recipient = { ban: '72105000028166973380325415', amount: 1234, label: 'Firma A' };
    await call(gateway, 'POST /transaction', { body: saleBody(gateway, { multipayout: [recipient] }) });
    const multipayout = JSON.stringify([recipient]);
    const plain = { ...usual(), orderId: 'WID/4' };
    const flat = {
      ...plain,
      'multipayout[0][amount]': '1234',
      'multipayout[0][ban]': recipient.ban,
      'multipayout[0][label]': recipient.label,
    };
    const { serviceKey } = gateway.demo;
    const asList = { ...plain, multipayout, signature: signByHand(flat, serviceKey) };
    const asText = signed({ ...plain, multipayout }, serviceKey);
    for (const sent of [asList, asText]) {
      const answer = await post(sent);
      expect(answer.status).toBe(303);
      expect((await post(sent)).headers.get('location')).toBe(answer.headers.get('location'));
      expect(await recipientsOf(answer.headers.get('location') ?? '')).toEqual(['Firma A']);
      const other = JSON.stringify([{ ...recipient, ban: '58105000025503268251444948' }]);
      expect((await post({ ...sent, multipayout: other })).status).toBe(403);
    }
    const broken = await post(signed({ ...plain, multipayout: '[{' }, serviceKey));
    expect([broken.status, await broken.text()]).toEqual([422, expect.stringContaining('multipayout')]);
  });

  it.each(['A&orderId=2&q=', 'A&multipayout=[{'])(
    'refuses recipients signed as text that could be cut anew: %s',
    async (note) => {
      const multipayout = JSON.stringify([{ ban: '72105000028166973380325415', amount: 1234, label: 'Firma A', note }]);
      const fields = { ...usual(), orderId: 'WID/7', multipayout };
      const answer = await post(signed(fields, gateway.demo.serviceKey));
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('read in two ways')]);
    },
  );

  it('takes no recipients out of what a payer has written into another field', async () => {
    const multipayout = JSON.stringify([{ ban: '72105000028166973380325415', amount: 1234, label: 'Firma A' }]);
    const fields = { ...usual(), orderId: 'WID/8', message: `Hello&multipayout=${multipayout}` };
    const signature = signByHand(fields, gateway.demo.serviceKey);
    const cut = { ...fields, message: 'Hello', multipayout };
    expect(signByHand(cut, gateway.demo.serviceKey)).toBe(signature);
    expect((await post({ ...cut, signature })).status).toBe(403);
  });

  it('refuses, in the frame, what the shop has not signed and what is wrong', async () => {
    const forged = await post({ ...signed(usual(), gateway.demo.serviceKey), amount: '1' });
    expect(forged.status).toBe(403);
    expect(forged.headers.get('content-security-policy')).toContain(framedByAnybody);
    const { customerId: _, ...unnamed } = usual();
    const answer = await post(signed(unnamed, gateway.demo.serviceKey));
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('customerId')]);
    const odd = await post(signed({ ...usual(), widgetType: 'twoclick' }, gateway.demo.serviceKey));
    expect([odd.status, await odd.text()]).toEqual([422, expect.stringContaining('widgetType')]);
  });

  it('leads to the payment once it can be paid no more', async () => {
    const location = await opened({ orderId: 'WID/5', urlCancel: 'https://shop.example/left' });
    expect(await pageAt(location)).toContain('href="https://shop.example/left"');
    await cancel(location);
    expect(await pageAt(location)).toContain('Show the payment');
  });
});

describe('POST /pay/{id}/widget', () => {
  it('shows what is wrong in the frame, and leads the whole window on when the card is taken, without scripts too', async () => {
    const location = await opened({ orderId: 'WID/10', urlCancel: 'https://shop.example/left' });
    const wrong = await payByCard(location, { number: '4111111111111112' });
    expect([wrong.status, wrong.headers.get('content-security-policy')]).toEqual([
      422,
      expect.stringContaining(framedByAnybody),
    ]);
    const page = await wrong.text();
    expect(page).toContain('role="alert"');
    expect(page).toContain('href="https://shop.example/left"');
    expect(page).not.toContain('name="method"');
    const taken = await payByCard(location);
    expect([taken.status, taken.headers.get('location')]).toEqual([303, location.replace('/widget', '/widget/leave')]);
    const leaving = await fetch(`${gateway.url}${taken.headers.get('location')}`);
    expect(leaving.headers.get('content-security-policy')).toContain(framedByAnybody);
    expect(await leaving.text()).toContain(`target="_top" href="${location.replace('/widget', '')}"`);
  });

  it('says why the last card was refused when the widget is opened again, and takes another', async () => {
    const location = await opened({ orderId: 'WID/13' });
    expect((await payByCard(location, { number: '4444333322221111' })).status).toBe(303);
    await expect.poll(() => pageAt(location)).toContain('role="alert"');
    expect(await pageAt(location)).toContain('name="number"');
    expect((await payByCard(location)).status).toBe(303);
    await expect.poll(() => pageAt(location)).toContain('Show the payment');
  });

  it('goes back to the frame’s page when the payment takes no card any more', async () => {
    const location = await opened({ orderId: 'WID/11' });
    await cancel(location);
    const answer = await payByCard(location);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, location]);
    expect(await pageAt(location)).toContain('Show the payment');
  });
});

describe('GET /widget/installments', () => {
  const show = (changes: Record<string, string> = {}, forged: Record<string, string> = {}): Promise<Response> => {
    const { merchantId, serviceId, serviceKey } = gateway.demo;
    const fields = signed({ merchantId, serviceId, amount: '100000', currency: 'PLN', ...changes }, serviceKey);
    return fetch(`${gateway.url}/widget/installments?${new URLSearchParams({ ...fields, ...forged, lang: 'en' })}`);
  };

  it('shows the lenders with their numbers of instalments, in a frame', async () => {
    const answer = await show();
    expect(answer.headers.get('content-security-policy')).toContain(framedByAnybody);
    const page = await answer.text();
    expect(page).toContain('data-channel="inbank" data-period="60"');
    expect(page).toContain('data-channel="inbank_0" data-period="10"');
    expect(page).toContain('PLN\u00a0100.00 a month');
  });

  it('says where instalments are not offered, and refuses what is not signed or wrong', async () => {
    expect(await (await show({ amount: '29999' })).text()).toContain('Instalments are not offered for this amount.');
    expect((await show({}, { amount: '200000' })).status).toBe(403);
    expect((await show({ amount: '0' })).status).toBe(422);
    expect((await show({ currency: 'XXX' })).status).toBe(422);
  });

  it('rounds an instalment up, so that the last one may be smaller', () => {
    expect(listPeriods('inbank_0', 100_001n).map(({ months, each }) => [months, each])).toEqual([
      [3, 33_334n],
      [6, 16_667n],
      [10, 10_001n],
    ]);
    expect(listPeriods('inbank', 100_001n).every(({ each }) => each === undefined)).toBe(true);
    expect(listPeriods('blik', 100_001n)).toEqual([]);
  });
});

describe('The shop of a widget', () => {
  it('may be closed while the payer enters his card, which is said in the frame', async () => {
    const location = await opened({ orderId: 'WID/12' });
    await gateway.database.pool.query("update shop set status = 'SUSPENDED'");
    await expect.poll(() => pageAt(location)).toContain('Show the payment');
    const answer = await payByCard(location);
    expect([answer.status, answer.headers.get('content-security-policy')]).toEqual([
      409,
      expect.stringContaining(framedByAnybody),
    ]);
  });
});
