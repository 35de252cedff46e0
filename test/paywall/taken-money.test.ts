import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRefund } from '../../src/refunds/create-refund.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createHttpWorld, type HttpWorld, startServer, textOf } from '../http/world.ts';
import { type Authorized, authorize, capture, voidAll } from '../payments/authorized.ts';
import { createToldAcquirer, type ToldAcquirer } from '../payments/told-acquirer.ts';
import { actorOf, createShop } from '../support/factories.ts';
import { markupOf, plain } from './views.ts';

let acquirer: ToldAcquirer;
let world: HttpWorld;
let shop: Shop;

const urls = {
  successUrl: 'https://shop.example/ok',
  failureUrl: 'https://shop.example/no',
  returnUrl: 'https://shop.example/back',
};

beforeAll(async () => {
  acquirer = createToldAcquirer(['ecom3ds']);
  world = await createHttpWorld({ acquirers: [acquirer] });
  ({ shop } = await createShop(world.database));
});
afterAll(() => world.close());
beforeEach(() => acquirer.onMove({ kind: 'settled' }));

const payments = () => ({ deps: world.payments, acquirer, openShop: async () => shop });
const reserve = (): Promise<Authorized> => authorize(payments(), { shop, amount: 4_999n, urls });

async function take(sale: Authorized, ...amounts: bigint[]): Promise<void> {
  for (const amount of amounts) await capture(payments(), sale, { amount });
}

function giveBack({ transaction }: Authorized, amount: bigint) {
  const wish = { transactionId: transaction.id, idempotencyKey: randomUUID(), amount };
  return createRefund(world.deps.refunds, actorOf(shop), wish);
}

/** The page of a payment as its payer reads it, spaces that do not break as plain ones. */
async function show({ payment }: Pick<Authorized, 'payment'>, query = 'lang=en'): Promise<string> {
  const page = await textOf(await world.router.request(`/pay/${payment.id}?${query}`));
  return plain(markupOf(page));
}

/** A sale of which 30.00 of 49.99 was taken, and the rest released. */
async function takePart(): Promise<Authorized> {
  const sale = await reserve();
  await take(sale, 1_000n, 2_000n);
  await voidAll(payments(), sale);
  return sale;
}

describe('The page of a payment whose money was reserved', () => {
  it('says what is reserved, and leads to the address of success by itself', async () => {
    const sale = await reserve();
    const page = await show(sale);
    expect(page).toContain('<h1>PLN 49.99 is reserved</h1>');
    expect(page).toContain('<a class="button" href="https://shop.example/ok" data-after="5">');
    expect(page).toContain('content="5;url=https://shop.example/ok"');
    expect(page.match(/http-equiv="refresh"/g)).toHaveLength(1);
    expect(page).toContain('data-events=');
  });

  it('lets its payer stay, also when it turns', async () => {
    const { payment } = await reserve();
    const page = await show({ payment }, 'lang=en&stay=1');
    expect(page).not.toContain('data-after');
    expect(page).toContain(`data-self="/pay/${payment.id}?stay=1&amp;lang=en"`);
  });

  it('says after a capture what is taken and what is still reserved', async () => {
    const sale = await reserve();
    await take(sale, 1_000n);
    const page = await show(sale);
    expect(page).toContain('<h1>PLN 10.00 was taken, PLN 39.99 is reserved</h1>');
    expect(page).toContain('href="https://shop.example/ok"');
    expect(await show(sale, 'lang=pl')).toContain('<h1>Pobrano 10,00 zł, zablokowano 39,99 zł</h1>');
  });

  it('counts nothing as taken that the acquirer has not confirmed', async () => {
    const sale = await reserve();
    acquirer.onMove({ kind: 'pending' });
    await take(sale, 1_000n);
    expect(await show(sale)).toContain('<h1>PLN 49.99 is reserved</h1>');
  });

  it('says in the end what was taken, and not what was asked for', async () => {
    const sale = await takePart();
    const page = await show(sale);
    expect(page).toContain('<h1>You paid PLN 30.00</h1>');
    expect(page).toContain('Of the PLN 49.99 that was reserved the shop took PLN 30.00 and released the rest.');
    expect(page).toContain('You can ask the shop for a refund.');
    const polish = await show(sale, 'lang=pl');
    expect(polish).toContain('<h1>Zapłacono 30,00 zł</h1>');
    expect(polish).toContain('Z zablokowanej kwoty 49,99 zł sklep pobrał 30,00 zł, a resztę zwolnił.');
  });
});

describe('The page of a payment that money was given back of', () => {
  it('says how much, and sends nobody away who came to read it', async () => {
    const sale = await takePart();
    await giveBack(sale, 500n);
    const page = await show(sale);
    expect(page).toContain('<h1>You paid PLN 30.00</h1>');
    expect(page).toContain('The shop gave back PLN 5.00.');
    expect(page).not.toMatch(/ask the shop for a refund|data-after|http-equiv="refresh"/);
    expect(await show(sale, 'lang=pl')).toContain('Sklep zwrócił 5,00 zł.');
  });

  it('says that all of it was given back', async () => {
    const sale = await takePart();
    await giveBack(sale, 500n);
    await giveBack(sale, 2_500n);
    const page = await show(sale);
    expect(page).toContain('<h1>PLN 30.00 was given back</h1>');
    expect(page).not.toMatch(/You paid PLN 49.99|ask the shop for a refund|data-after/);
    expect(await show(sale, 'lang=pl')).toContain('<h1>Zwrócono 30,00 zł</h1>');
  });

  it('says what is on its way, and nothing of what was refused', async () => {
    const sale = await takePart();
    acquirer.onMove({ kind: 'rejected', code: '05' });
    await giveBack(sale, 3_000n);
    expect(await show(sale)).toContain('You can ask the shop for a refund.');
    acquirer.onMove({ kind: 'pending' });
    await giveBack(sale, 500n);
    const page = await show(sale);
    expect(page).toContain('<h1>You paid PLN 30.00</h1>');
    expect(page).toContain('The shop is giving back PLN 5.00.');
    expect(page).toContain('data-events=');
    expect(page).not.toContain('ask the shop for a refund');
  });
});

describe('GET /pay/{id}/events', () => {
  it('tells of each capture, of what is given back, and that it has come', async () => {
    const { server, url } = await startServer({ router: world.router });
    const sale = await reserve();
    const listen = async () => {
      const response = await fetch(`${url}/pay/${sale.payment.id}/events`);
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      return async (mark: string): Promise<void> => {
        while (!text.includes(`data: ${mark}\n`)) {
          const part = await reader?.read();
          if (part?.value === undefined) throw new Error(`The news ended before ${mark}: ${text}`);
          text += part.value;
        }
      };
    };
    const until = await listen();
    await until('AUTHORIZED.AUTHORIZED.1');
    await take(sale, 1_000n);
    await until('AUTHORIZED.AUTHORIZED.1.TOOK-1000');
    await voidAll(payments(), sale);
    await until('SETTLED.SETTLED.1.TOOK-1000');
    acquirer.onMove({ kind: 'pending' });
    const { refund } = await giveBack(sale, 1_000n);
    const later = await listen();
    await later('SETTLED.SETTLED.1.TOOK-1000.BACK-0-1000');
    await world.deps.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'settled' } });
    await later('SETTLED.SETTLED.1.TOOK-1000.BACK-1000-0');
    await server.close();
  });
});
