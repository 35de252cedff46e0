import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealTestCards } from '../../src/cards/seal-test-cards.ts';
import { after } from '../../src/kernel/clock.ts';
import { createHttpWorld, posted } from '../http/world.ts';
import { createPayment, updateShop } from '../start/pay.ts';
import { createPayment as createPaymentFor, createShop } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  // Nobody hears the outcome by himself in these tests: what the payer sees at once is what counts.
  await updateShop(gateway, { sandboxDelayMs: 60_000 });
});
afterAll(() => gateway.stop());

const good = { number: '4111 1111 1111 1111', expiry: '12/29', cvv: '123', name: 'Jan Kowalski' };
const challenged = { ...good, number: '4012 0010 3714 1112' };

const newPayment = async (input: object = {}): Promise<string> =>
  (await createPayment(gateway, { idempotencyKey: crypto.randomUUID(), ...input })).payment?.id ?? '';

const nonce = (): string => randomBytes(16).toString('base64url');

/** Posts a form of the page; gives what a browser would see before it follows a redirect. */
async function send(path: string, fields: Record<string, string>) {
  const answer = await fetch(`${gateway.url}${path}`, {
    ...posted({ attempt: nonce(), ...fields }),
    redirect: 'manual',
  });
  return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() };
}

async function open(path: string) {
  const answer = await fetch(`${gateway.url}${path}`, { headers: { 'accept-language': 'en' }, redirect: 'manual' });
  const policy = answer.headers.get('content-security-policy') ?? '';
  return { status: answer.status, location: answer.headers.get('location'), policy, text: await answer.text() };
}

type Attempt = {
  readonly id: string;
  readonly status: string;
  readonly channel: string;
  readonly reason: string | null;
};

async function attemptsOn(id: string): Promise<Attempt[]> {
  const query =
    'query($shopId: ID!, $id: ID!) { transactions(shopId: $shopId, filter: { paymentId: $id }) { edges { node { id status channel reason } } } }';
  const { data } = await ask<{ transactions: { edges: { node: Attempt }[] } }>(gateway, query, {
    variables: { shopId: gateway.demo.shopId, id },
  });
  return data.transactions.edges.map(({ node }) => node);
}

describe('POST /pay/{id}/card', () => {
  it('takes the money of a good card and leads back to the payment', async () => {
    const id = await newPayment();
    expect(await send(`/pay/${id}/card?lang=en`, good)).toMatchObject({ status: 303, location: `/pay/${id}?lang=en` });
    expect(await attemptsOn(id)).toMatchObject([{ status: 'SETTLED', channel: 'ecom3ds' }]);
    expect((await open(`/pay/${id}`)).text).toContain('You paid');
  });

  it('says what is wrong at each field, keeps expiry and name, and never shows number or code again', async () => {
    const id = await newPayment();
    const typed = { number: '4539148803436468', expiry: '13/29', cvv: '12', name: 'Łucja "Żak"' };
    const { status, text } = await send(`/pay/${id}/card?lang=en`, typed);
    expect(status).toBe(422);
    for (const words of ['This is no card number.', 'Enter the expiry date as month and year', 'has 3 digits']) {
      expect(text).toContain(words);
    }
    expect(text).toContain('value="Łucja &quot;Żak&quot;"');
    expect(text).toContain('value="13/29"');
    expect(text).not.toMatch(/4539 ?1488|value="12"/);
    expect(text).toMatch(/<details name="method" class="way" open>\s*<summary>Payment card/);
    expect(await attemptsOn(id)).toEqual([]);
  });

  it('shows nothing again of a number that was typed into the wrong field', async () => {
    const id = await newPayment();
    const wrong = '4539 1488 0343 6467';
    const { text } = await send(`/pay/${id}/card`, {
      ...good,
      cvv: '',
      name: wrong,
      expiry: wrong,
    });
    expect(text).not.toContain('4539 1488');
  });

  it('makes one attempt of a form that is sent twice at once', async () => {
    const id = await newPayment();
    const attempt = nonce();
    const answers = await Promise.all([1, 2, 3].map(() => send(`/pay/${id}/card`, { ...good, attempt })));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await attemptsOn(id)).toHaveLength(1);
  });

  it('takes another card from a payer who has gone back to the form that he sent before', async () => {
    const id = await newPayment();
    const attempt = nonce();
    await send(`/pay/${id}/card`, { ...good, number: '4444 3333 2222 1111', attempt });
    await send(`/pay/${id}/card`, { ...good, attempt });
    expect((await attemptsOn(id)).map(({ status }) => status).toSorted()).toEqual(['REJECTED', 'SETTLED']);
  });

  it('leads to the challenge of the issuer, and a challenge that is refused back to all methods', async () => {
    const id = await newPayment();
    const { location } = await send(`/pay/${id}/card?lang=en`, challenged);
    const [attempt] = await attemptsOn(id);
    expect(location).toBe(`${gateway.url}/sandbox/${attempt?.id}`);
    expect((await open(`/pay/${id}`)).text).toContain('Your bank wants you to confirm the payment');
    const challenge = await open(`/sandbox/${attempt?.id}`);
    expect(challenge.text).toContain('Simulated 3-D Secure page');
    const { status, location: back } = await send(`/sandbox/${attempt?.id}`, { decision: 'refuse' });
    expect([status, back]).toEqual([303, `${gateway.url}/pay/${id}?lang=en`]);
    expect((await open(`/sandbox/${attempt?.id}`)).text).toContain('has been decided already');
  });

  it('goes on with the attempt by which the shop sent the payer here', async () => {
    const id = await newPayment();
    const query = `mutation($input: StartTransactionInput!) {
      startTransaction(input: $input) { ... on StartTransactionSuccess { transaction { id } action { ... on Redirect { url } } } }
    }`;
    const input = { paymentId: id, idempotencyKey: 'by the shop', method: 'CARD' };
    const { data } = await ask<{ startTransaction: { transaction: { id: string }; action: { url: string } } }>(
      ...[gateway, query, { variables: { input } }],
    );
    expect((await open(new URL(data.startTransaction.action.url).pathname)).text).toContain(`action="/pay/${id}/card"`);
    await send(`/pay/${id}/card`, good);
    expect(await attemptsOn(id)).toMatchObject([{ id: data.startTransaction.transaction.id, status: 'SETTLED' }]);
  });
});

describe('POST /pay/{id}/bank', () => {
  it('leads to the bank that was chosen, and the bank back to the payment', async () => {
    const id = await newPayment();
    const { status, location } = await send(`/pay/${id}/bank`, { channel: 'ipko' });
    const [attempt] = await attemptsOn(id);
    expect([status, location]).toEqual([303, `${gateway.url}/sandbox/${attempt?.id}`]);
    const bank = await open(`/sandbox/${attempt?.id}?lang=en`);
    expect(bank.text).toContain('Simulated bank: PKO BP iPKO');
    expect(bank.policy).toContain(`form-action 'self' ${gateway.url};`);
    for (const decision of ['leave', 'nothing', 'approve', 'refuse']) {
      expect(await send(`/sandbox/${attempt?.id}`, { decision })).toMatchObject({
        ...{ status: 303, location: `${gateway.url}/pay/${id}` },
      });
    }
    const waiting = await open(`/pay/${id}?lang=en`);
    expect(waiting.text).toContain('Confirm the payment on your bank’s page');
    expect(waiting.text).toContain(`href="/pay/${id}/other?lang=en"`);
  });

  it('comes back from the bank in the language that the payer chose, and in none that there is not', async () => {
    for (const [asked, kept] of [
      ['?lang=en', '?lang=en'],
      ['?lang=EN-gb', '?lang=en'],
      ['?lang=x%26stay=1', ''],
      ['', ''],
    ]) {
      const id = await newPayment();
      const { location } = await send(`/pay/${id}/bank${asked}`, { channel: 'ipko' });
      const back = await send(new URL(location).pathname, { decision: 'leave' });
      expect(back).toMatchObject({ status: 303, location: `${gateway.url}/pay/${id}${kept}` });
    }
  });

  it('comes back to the address that the attempt was started with, and allows a browser to go there', async () => {
    const paymentId = await newPayment();
    const query = `mutation($input: StartTransactionInput!) {
      startTransaction(input: $input) { ... on StartTransactionSuccess { transaction { id } } ... on Refusal { message } }
    }`;
    const returnUrl = 'https://shop.example/back?order=1';
    const input = { paymentId, idempotencyKey: crypto.randomUUID(), method: 'PBL', channel: 'mtransfer', returnUrl };
    const { data } = await ask<{ startTransaction: { transaction: { id: string } } }>(gateway, query, {
      variables: { input },
    });
    const path = `/sandbox/${data.startTransaction.transaction.id}`;
    expect((await open(path)).policy).toContain("form-action 'self' https://shop.example;");
    expect(await send(path, { decision: 'approve' })).toMatchObject({ status: 303, location: returnUrl });
  });

  it.each([
    ['no bank', {}, 'Choose the bank from which you want to pay.'],
    ['an empty bank', { channel: '' }, 'Choose the bank from which you want to pay.'],
    ['a bank that is none', { channel: '"><script>' }, 'This way to pay is not available any more.'],
    ['a channel that is no bank', { channel: 'blik' }, 'This way to pay is not available any more.'],
  ])('says what is wrong with %s, and starts nothing', async (_, fields, words) => {
    const id = await newPayment();
    expect(await send(`/pay/${id}/bank?lang=en`, fields)).toMatchObject({
      ...{ status: 422, text: expect.stringContaining(words) },
    });
    expect(await attemptsOn(id)).toEqual([]);
  });

  it('refuses a bank that the shop does not offer, and shows what it does', async () => {
    const id = await newPayment({ methods: ['CARD'] });
    const { status, text } = await send(`/pay/${id}/bank?lang=en`, { channel: 'ipko' });
    expect([status, text]).toEqual([422, expect.stringContaining('This way to pay is not available any more.')]);
    expect(text).toContain(`action="/pay/${id}/card?lang=en"`);
  });
});

describe('GET /pay/{id}/other', () => {
  const atBank = async (): Promise<string> => {
    const id = await newPayment();
    await send(`/pay/${id}/bank`, { channel: 'ipko' });
    return id;
  };

  it('warns a payer who may have paid, and its forms replace the attempt', async () => {
    const id = await atBank();
    const warning = await open(`/pay/${id}/other?lang=en`);
    expect(warning.text).toContain('If you have already confirmed the payment with PKO BP iPKO, do not pay again');
    expect(warning.text).toContain(`href="/pay/${id}/wallet?channel=gpay&amp;supersede=1&amp;lang=en"`);
    expect(warning.text).toContain(`<a href="/pay/${id}/other?lang=pl" lang="pl"`);
    expect(await send(`/pay/${id}/card`, { ...good, supersede: '1' })).toMatchObject({ status: 303 });
    expect((await attemptsOn(id)).map(({ status, channel, reason }) => [channel, status, reason])).toEqual([
      ['ecom3ds', 'SETTLED', null],
      ['ipko', 'CANCELLED', 'SUPERSEDED'],
    ]);
  });

  it('is the warning no more once it was sent with something wrong, but it is still shown', async () => {
    const id = await atBank();
    const { text } = await send(`/pay/${id}/card?lang=en`, { ...good, cvv: '', supersede: '1' });
    expect(text).toContain('If you have already confirmed the payment');
    expect(text).toContain('Enter the security code of the card.');
  });

  it('replaces nothing without the warning, and nothing that is not to be replaced', async () => {
    const id = await atBank();
    await send(`/pay/${id}/card`, good);
    expect(await attemptsOn(id)).toMatchObject([{ status: 'PENDING', channel: 'ipko' }]);
    const inApp = await newPayment();
    await send(`/pay/${inApp}/blik`, { code: '777123' });
    const page = await open(`/pay/${inApp}/other?lang=en`);
    expect(page.text).toContain('Confirm the payment in your bank’s app');
    expect(page.text).not.toContain('supersede');
    await send(`/pay/${inApp}/card`, { ...good, supersede: '1' });
    expect(await attemptsOn(inApp)).toMatchObject([{ status: 'PENDING', channel: 'blik' }]);
  });

  it('is the page of the payment when nothing runs', async () => {
    const id = await newPayment();
    expect((await open(`/pay/${id}/other?lang=en`)).text).toContain('Choose how to pay');
  });
});

describe('The wallets', () => {
  it.each([
    ['gpay', 'Google Pay'],
    ['applepay', 'Apple Pay'],
  ])('%s shows its test cards, of which each is paid by its token', async (channel, name) => {
    const id = await newPayment();
    const sheet = await open(`/pay/${id}/wallet?channel=${channel}&lang=en`);
    expect(sheet.text).toContain(`Simulated ${name}`);
    const cards = [...sheet.text.matchAll(/name="token" value="([^"]+)">\s*<button[^>]*>([^<]+)</g)];
    expect(cards.map(([, , text]) => text)).toEqual([
      'Visa ending in 1111: paid',
      'Visa ending in 1112: paid after 3-D Secure',
      'Visa ending in 0515: not enough money',
      'Visa ending in 0005: no answer, then paid',
    ]);
    expect(sheet.text).not.toContain('4111111111111111');
    const token = (cards[0]?.[1] ?? '').replaceAll('&quot;', '"');
    expect(await send(`/pay/${id}/wallet?lang=en`, { channel, token })).toMatchObject({
      ...{ status: 303, location: `/pay/${id}?lang=en` },
    });
    expect(await attemptsOn(id)).toMatchObject([{ status: 'SETTLED', channel }]);
    expect((await open(`/pay/${id}/wallet?channel=${channel}`)).location).toBe(`/pay/${id}`);
  });

  it('send the payer of Visa Mobile to its page, and wait for him', async () => {
    const id = await newPayment();
    const page = await open(`/pay/${id}?lang=en`);
    expect(page.text).toMatch(/name="channel" value="visa_mobile">\s*<p><button[^>]*>Pay with Visa Mobile</);
    const { status, location } = await send(`/pay/${id}/wallet?lang=en`, { channel: 'visa_mobile' });
    expect([status, location]).toEqual([303, expect.stringContaining('/sandbox/')]);
    const wallet = await open(new URL(location).pathname);
    expect(wallet.text).toContain('Simulated wallet: Visa Mobile');
    expect(wallet.text).toContain('types a phone number here and confirms in the app');
    expect((await open(`/pay/${id}?lang=en`)).text).toContain('Confirm the payment in the wallet’s app');
    expect(await attemptsOn(id)).toMatchObject([{ status: 'PENDING', channel: 'visa_mobile' }]);
  });

  it('say what is wrong with a token, and start nothing', async () => {
    const id = await newPayment();
    const { merchantId } = gateway.demo;
    const old = { merchantId, amount: 1234n, currency: 'PLN', expiresAt: new Date('2020-01-01') } as const;
    const [tooOld] = sealTestCards('gpay', old);
    for (const [channel, token, words] of [
      ['gpay', '', 'The wallet’s answer could not be read.'],
      ['applepay', tooOld?.token, 'The wallet’s answer could not be read.'],
      ['gpay', tooOld?.token, 'The wallet’s answer came too late.'],
      ['paypal', tooOld?.token, 'This way to pay is not available any more.'],
    ] as const) {
      const answer = await send(`/pay/${id}/wallet?lang=en`, { channel, token: token ?? '' });
      expect([answer.status, answer.text]).toEqual([422, expect.stringContaining(words)]);
    }
    expect(await attemptsOn(id)).toEqual([]);
  });

  it('lead back to the payment when no wallet of ours is named', async () => {
    const id = await newPayment();
    for (const query of ['', '?channel=', '?channel=%22%3E']) {
      expect(await open(`/pay/${id}/wallet${query}`)).toMatchObject({ status: 303, location: `/pay/${id}` });
    }
  });
});

describe('Two payers of one payment', () => {
  it('have one attempt that runs, whatever they do at once', async () => {
    const id = await newPayment();
    const answers = await Promise.all([
      send(`/pay/${id}/card`, challenged),
      send(`/pay/${id}/bank`, { channel: 'ipko' }),
      send(`/pay/${id}/blik`, { code: '777123' }),
      send(`/pay/${id}/card`, challenged),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    expect(await attemptsOn(id)).toHaveLength(1);
  });
});

describe('/sandbox/{reference}', () => {
  it('is 404 for what no simulated bank waits for', async () => {
    const id = await newPayment();
    await send(`/pay/${id}/card`, good);
    const [paid] = await attemptsOn(id);
    for (const reference of ['x', crypto.randomUUID(), paid?.id, id]) {
      expect((await open(`/sandbox/${reference}`)).status).toBe(404);
      expect((await send(`/sandbox/${reference}`, { decision: 'approve' })).status).toBe(404);
    }
  });
});

describe('A page', () => {
  it('comes compressed to whoever takes it so, and a stream of news does not', async () => {
    const id = await newPayment();
    const accept = { 'accept-encoding': 'gzip' };
    const page = await fetch(`${gateway.url}/pay/${id}`, { headers: accept });
    expect(page.headers.get('content-encoding')).toBe('gzip');
    expect(page.headers.get('vary')).toBe('accept-language, Accept-Encoding');
    expect(await page.text()).toContain('</html>');
    const news = await fetch(`${gateway.url}/pay/${id}/events`, { headers: accept });
    expect(news.headers.get('content-encoding')).toBeNull();
    await news.body?.cancel();
  });
});

describe('Where no cards are taken', () => {
  it('no card or wallet can be sent, and no simulated bank or wallet is shown', async () => {
    const world = await createHttpWorld({ deps: { cards: undefined, sandbox: false } });
    const { shop } = await createShop(world.database, {});
    const { id } = await createPaymentFor(world.payments, shop, {
      validUntil: after(world.clock.now(), { ms: 3_600_000 }),
    });
    const form = posted({ attempt: nonce(), ...good, channel: 'gpay', token: 'x' });
    for (const path of ['card', 'wallet']) {
      const answer = await world.router.request(`/pay/${id}/${path}?lang=en`, form);
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('not available any more')]);
    }
    expect((await world.router.request(`/pay/${id}/wallet?channel=gpay`)).status).toBe(303);
    expect((await world.router.request(`/sandbox/${crypto.randomUUID()}`)).status).toBe(404);
    await world.close();
  });
});
