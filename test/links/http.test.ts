import { decodeQR } from 'qr/decode.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentLink } from '../../src/kernel/db/generated/prisma/client.ts';
import type { CreateLinkInput } from '../../src/links/create-link.ts';
import type { LinkDeps } from '../../src/links/deps.ts';
import { disableLink } from '../../src/links/disable-link.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createHttpWorld, type HttpWorld, posted, textOf } from '../http/world.ts';
import { actorOf, createShop } from '../support/factories.ts';
import { createLinkDeps, makeLink } from './world.ts';

let world: HttpWorld;
let links: LinkDeps;
let shop: Shop;

beforeAll(async () => {
  world = await createHttpWorld();
  links = createLinkDeps(world.payments);
  ({ shop } = await createShop(world.database, { name: 'Księgarnia <&>' }));
});
afterAll(() => world.close());

const customer = { firstName: 'Jan', lastName: 'Kowalski' };
const payer = { firstName: 'Łucja', lastName: 'Nowak-Żak', email: 'lucja@shop.example' };
const make = (input: Partial<CreateLinkInput> = {}) => makeLink(links, shop, input);
const open = ({ short }: Pick<PaymentLink, 'short'>, query = '?lang=en') => world.router.request(`/s/${short}${query}`);
const addressOf = (answer: Response) => answer.headers.get('location') ?? '';
const made = (link: PaymentLink) => world.database.prisma.payment.count({ where: { linkId: link.id } });

/** The token that a fresh page of the link carries. */
async function nonceOf(link: PaymentLink): Promise<string> {
  return /name="nonce" value="([^"]+)"/.exec(await (await open(link)).text())?.[1] ?? '';
}

async function send(link: PaymentLink, fields: object, nonce?: string): Promise<Response> {
  const form = { ...fields, nonce: nonce ?? (await nonceOf(link)) };
  return world.router.request(`/s/${link.short}?lang=en`, posted(form as Record<string, string>));
}

async function expectOver(answer: Response, status: number, title: string): Promise<void> {
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(`<h1>${title}</h1>`)]);
}

describe('The address of a link with a single use', () => {
  it('leads everybody to its one payment, in the language of the address', async () => {
    const link = await make({ customer });
    const first = await open(link, '?lang=pl');
    expect([first.status, addressOf(first)]).toEqual([303, expect.stringMatching(/^\/pay\/[0-9a-f-]{36}\?lang=pl$/)]);
    const again = await open(link, '');
    expect(`${addressOf(again)}?lang=pl`).toBe(addressOf(first));
    const page = await world.router.request(addressOf(again));
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('12,34')]);
    expect(await made(link)).toBe(1);
  });

  it('asks the first payer who he is when the shop did not say, and nobody after him', async () => {
    const link = await make({ title: 'Trzy książki' });
    const page = await textOf(await open(link));
    for (const text of ['Księgarnia &lt;&amp;&gt;', 'Trzy książki', 'Who is paying?', 'name="email"']) {
      expect(page).toContain(text);
    }
    expect(await made(link)).toBe(0);
    const sent = await send(link, payer);
    expect([sent.status, addressOf(await open(link))]).toEqual([303, addressOf(sent)]);
    expect(await made(link)).toBe(1);
  });

  it('still leads there when the payment was cancelled or the link disabled', async () => {
    const cancelled = await make({ customer });
    const id = addressOf(await open(cancelled, '')).slice('/pay/'.length);
    await cancelPayment(world.payments, actorOf(shop), id);
    const disabled = await make({ customer });
    await open(disabled);
    await disableLink(links, actorOf(shop), disabled.id);
    for (const link of [cancelled, disabled]) {
      const page = await world.router.request(addressOf(await open(link)));
      expect(await page.text()).toContain('The shop cancelled the payment');
    }
  });
});

describe('The address of a link with several uses', () => {
  it('makes a payment for each payer who asks, and none for those who only look', async () => {
    const link = await make({ usesMax: null });
    for (let time = 0; time < 3; time += 1) expect((await open(link)).status).toBe(200);
    expect(await made(link)).toBe(0);
    const addresses = [addressOf(await send(link, payer)), addressOf(await send(link, payer))];
    expect(new Set(addresses).size).toBe(2);
    expect(await made(link)).toBe(2);
  });

  it('takes a form that comes twice once, and the same form with another name as another payer', async () => {
    const link = await make({ usesMax: null });
    const nonce = await nonceOf(link);
    const first = await send(link, payer, nonce);
    expect(addressOf(await send(link, payer, nonce))).toBe(addressOf(first));
    expect(addressOf(await send(link, { ...payer, lastName: 'Lis' }, nonce))).not.toBe(addressOf(first));
    expect(await made(link)).toBe(2);
  });

  it('asks for nothing but a click when the shop said who pays', async () => {
    const link = await make({ usesMax: null, customer });
    const page = await textOf(await open(link));
    expect(page).toContain('Continue to payment');
    expect(page).not.toContain('name="email"');
    expect((await send(link, {})).status).toBe(303);
  });

  it('says everything that is wrong with the form at once, and shows again what is harmless', async () => {
    const link = await make({ usesMax: null });
    const sent = await send(link, { firstName: ' ', lastName: '4111 1111 1111 1111', email: 'łucja <b>' });
    const page = await textOf(sent);
    expect(sent.status).toBe(422);
    for (const text of ['Enter your first name.', 'Enter your last name only', 'Enter a whole e-mail address']) {
      expect(page.split(text)).toHaveLength(3);
    }
    expect(page).toContain('value="łucja &lt;b&gt;"');
    expect(page).not.toContain('4111');
    expect(await made(link)).toBe(0);
  });

  it('makes nothing of a form without its token', async () => {
    const link = await make({ usesMax: null });
    for (const nonce of ['', 'x', "'; --"]) {
      const sent = await send(link, payer, nonce || ' ');
      expect([sent.status, addressOf(sent)]).toEqual([303, `/s/${link.short}?lang=en`]);
    }
    expect(await made(link)).toBe(0);
  });
});

describe('A link that makes no payments', () => {
  it('says so in one sentence, in Polish and in English', async () => {
    const disabled = await make({ usesMax: null });
    await disableLink(links, actorOf(shop), disabled.id);
    const usedUp = await make({ usesMax: 2, customer });
    for (let time = 0; time < 2; time += 1) await send(usedUp, {});
    const over = await make({ customer, validUntil: new Date(world.clock.now().getTime() + 90_000) });
    world.clock.pass({ ms: 60_000 });
    await expectOver(await open(disabled), 410, 'This payment link was switched off');
    await expectOver(await open(usedUp), 410, 'This payment link has been used already');
    await expectOver(await open(over), 410, 'The time of this payment link is over');
    await expectOver(await open(over, '?lang=pl'), 410, 'Ten link do płatności stracił ważność');
    for (const short of ['0000000000', 'x', '..%2f', "'", '%00']) {
      await expectOver(await open({ short }), 404, 'There is no such payment link');
    }
  });

  it('says so to whoever sends a form that was open until then', async () => {
    const link = await make({ usesMax: null });
    const nonce = await nonceOf(link);
    await disableLink(links, actorOf(shop), link.id);
    await expectOver(await send(link, payer, nonce), 410, 'This payment link was switched off');
    const other = await createShop(world.database);
    const suspended = await makeLink(links, other.shop, { customer });
    await world.database.pool.query("update shop set status = 'SUSPENDED' where id = $1", [other.shop.id]);
    world.payments.shops.forget(other.shop.id);
    await expectOver(await open(suspended), 409, 'This shop does not take payments right now');
    expect(await made(suspended)).toBe(0);
  });
});

describe('What else is asked of the address', () => {
  it('is refused with 405: a HEAD makes no payment', async () => {
    const link = await make({ customer });
    for (const method of ['HEAD', 'PUT', 'DELETE']) {
      const answer = await world.router.request(`/s/${link.short}`, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
    }
    expect(await made(link)).toBe(0);
  });

  it('gives its QR code, which reads as the public address', async () => {
    const link = await make({ usesMax: null });
    const answer = await open({ short: `${link.short}/qr.svg` });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(decodeQR(pixelsOf(await answer.text()))).toBe(`https://gateway.example/s/${link.short}`);
    expect((await open({ short: '0000000000/qr.svg' })).status).toBe(404);
  });
});

/** What a camera would see of a code: each module as 4 by 4 grey pixels. */
function pixelsOf(svg: string): { width: number; height: number; data: Uint8ClampedArray } {
  const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const side = size * 4;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  const bars = svg.split('<path').at(-1) ?? '';
  for (const [, x, y, length] of bars.matchAll(/M(\d+) (\d+)h(\d+)v1/g)) {
    for (let row = Number(y) * 4; row < Number(y) * 4 + 4; row += 1) {
      for (let column = Number(x) * 4; column < (Number(x) + Number(length)) * 4; column += 1) {
        data.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
      }
    }
  }
  return { width: side, height: side, data };
}
