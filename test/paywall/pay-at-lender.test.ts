import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { posted } from '../http/world.ts';
import { createPayment } from '../start/pay.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});

afterAll(() => gateway.stop());

const newPayment = async (input: object = {}): Promise<string> =>
  (await createPayment(gateway, { idempotencyKey: randomUUID(), amount: 30_000, ...input })).payment?.id ?? '';

async function send(path: string, fields: Record<string, string>) {
  const form = posted({ attempt: randomBytes(16).toString('base64url'), ...fields });
  const answer = await fetch(`${gateway.url}${path}`, { ...form, redirect: 'manual' });
  return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() };
}

const textAt = async (url: string): Promise<string> =>
  (await fetch(url, { headers: { 'accept-language': 'en' } })).text();

const page = (id: string): Promise<string> => textAt(`${gateway.url}/pay/${id}`);
const titlesOf = (text: string): string[] =>
  [...text.matchAll(/<summary>([^<]+)<\/summary>/g)].map(([, title = '']) => title);

describe('The page of a payment that lenders can pay', () => {
  it('offers pay later and instalments with their lenders by name', async () => {
    const text = await page(await newPayment());
    expect(titlesOf(text)).toEqual(expect.arrayContaining(['Pay later', 'Instalments']));
    const names = [
      'Twisto',
      'PayPo',
      'PragmaGO (for companies)',
      'BLIK Płacę Później',
      'Inbank instalments',
      'Inbank instalments at 0%',
    ];
    for (const name of names) expect(text).toContain(`</svg>${name}</span>`);
  });

  const laptop = { number: '1', name: 'Laptop', amount: 500_000, tax: 115_000, taxStake: 'TAX_23', quantity: 1 };

  it('offers a lease only for a cart that can be leased', async () => {
    const id = await newPayment({ amount: 615_000, cart: { items: [laptop] } });
    const text = await page(id);
    expect(titlesOf(text)).toContain('Lease');
    expect(text).toContain('For companies only.');
    const { location } = await send(`/pay/${id}/lease`, { channel: 'lease' });
    expect(await textAt(location)).toContain('Simulated lessor: Lease');
    expect(await page(id)).toContain('We are waiting for the lessor');
    expect(titlesOf(await page(await newPayment({ amount: 615_000 })))).not.toContain('Lease');
  });

  it.each([
    ['below 300.00', 29_999],
    ['above 50,000.00', 5_000_001],
  ])('offers no instalments %s', async (_, amount) => {
    const titles = titlesOf(await page(await newPayment({ amount })));
    expect(titles).toContain('Pay later');
    expect(titles).not.toContain('Instalments');
  });
});

describe('A payer who chooses a lender', () => {
  it.each([
    ['pay-later', 'paypo', 'PayPo'],
    ['pay-later', 'pragma_go', 'PragmaGO (for companies)'],
    ['instalments', 'inbank', 'Inbank instalments'],
  ])('by /%s is led to its page in his language, and from there back to a payment that waits', async (...chosen) => {
    const [path, channel, name] = chosen;
    const id = await newPayment();
    const { status, location } = await send(`/pay/${id}/${path}`, { channel });
    expect([status, location]).toEqual([303, expect.stringContaining(`${gateway.url}/sandbox/`)]);
    const lender = await textAt(location);
    expect(lender).toContain(`Simulated lender: ${name}`);
    expect(lender).toContain('which this lender would pay for the payer');
    expect(await textAt(`${location}?lang=pl`)).toContain('Symulowany pożyczkodawca: ');
    const { pathname } = new URL(location);
    expect(await send(pathname, { decision: 'leave' })).toMatchObject({ location: `${gateway.url}/pay/${id}` });
    expect(await page(id)).toContain('Finish on the lender’s page');
  });

  it.each([
    ['pay-later', {}, 'Choose the lender with whom you want to pay later.'],
    ['instalments', { channel: '' }, 'Choose the instalments in which you want to pay.'],
    ['pay-later', { channel: 'inbank' }, 'This way to pay is not available any more.'],
    ['instalments', { channel: 'paypo' }, 'This way to pay is not available any more.'],
    ['bank', { channel: 'paypo' }, 'This way to pay is not available any more.'],
    ['pay-later', { channel: 'lease' }, 'This way to pay is not available any more.'],
  ])('by /%s with %j is told what is wrong', async (path, fields, words) => {
    const { status, text } = await send(`/pay/${await newPayment()}/${path}?lang=en`, fields);
    expect([status, text]).toEqual([422, expect.stringContaining(words)]);
  });

  it('whose amount is too small for instalments is offered the other ways', async () => {
    const id = await newPayment({ amount: 29_999 });
    const { status, text } = await send(`/pay/${id}/instalments?lang=en`, { channel: 'inbank' });
    expect([status, text]).toEqual([422, expect.stringContaining('This way to pay is not available any more.')]);
    expect(titlesOf(text)).toContain('Pay later');
  });

  it('cannot get the form of a lender by reading its address', async () => {
    const { status, headers } = await fetch(`${gateway.url}/pay/${await newPayment()}/pay-later`);
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });
});
