import { randomUUID } from 'node:crypto';
import type { Currency } from '../../src/kernel/money.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { answerAsBank } from '../../src/payouts/answer-as-bank.ts';
import { returningIban } from '../../src/payouts/model.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import type { Shop } from '../../src/shops/model.ts';
import type { Sale } from '../refunds/world.ts';
import { actorOf, createPayment, createShop } from '../support/factories.ts';
import type { ReportWorld } from './world.ts';

/** Two shops of one merchant, whose month is played, and a shop of somebody else who sells too. */
export type Month = { readonly shop: Shop; readonly sister: Shop; readonly stranger: Shop };

const titles = [
  'Zażółć gęślą jaźń',
  'Привіт, Кириле',
  '=HYPERLINK("http://evil.example")',
  '@SUM(A1)',
  '-5+7',
  'x, "y";=1+1',
];
/** How the names of orders begin: plain, with Polish letters, and with what XML and SWIFT each write in another way. */
const orders = ['ZAM/', 'ŻÓŁĆ ', 'A&B<1>: '];
const accounts = ['72105000028166973380325415', '58105000025503268251444948'] as const;

/** Numbers that look like chance and are the same each time (Numerical Recipes, the linear congruential generator). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/**
 * Plays from 27 November to 23 December 2026 over the verbs of the gateway: sales in three currencies, some of them in
 * baskets, refused and late ones, refunds that settle, wait and are refused, payouts, one day's of which come back.
 */
export async function playMonth(world: ReportWorld, seed = 7): Promise<Month> {
  const shop = await world.openShop();
  const { shop: sister } = await createShop(world.database, { merchantId: shop.merchantId });
  const stranger = await world.openShop();
  const roll = dice(seed);
  const sales: Sale[] = [];
  for (let day = Temporal.PlainDate.from('2026-11-27'); day.toString() < '2026-12-23'; day = day.add({ days: 1 })) {
    await sweepAt(world, `${day}T06:00:00+01:00`);
    await setReturning(world, shop, day.toString() === '2026-12-08');
    world.goTo(`${day}T12:00:0${roll(10)}.${100 + roll(900)}+01:00`);
    for (let count = roll(3) + 1; count > 0; count -= 1)
      sales.push(await sell(world, roll(4) === 0 ? sister : shop, roll));
    if (roll(3) === 0) await sell(world, stranger, roll);
    if (roll(2) === 0) await refund(world, sales[roll(sales.length)] as Sale, roll);
    await sweepAt(world, `${day}T23:59:59.900+01:00`);
  }
  return { shop, sister, stranger };
}

async function sweepAt(world: ReportWorld, moment: string): Promise<void> {
  await world.payAt(moment);
  await sendPayouts(world.payouts);
  await answerAsBank(world.payouts);
}

async function setReturning(world: ReportWorld, shop: Shop, returns: boolean): Promise<void> {
  await world.database.pool.query('update payout_account set iban = $2 where merchant_id = $1', [
    shop.merchantId,
    returns ? returningIban : 'PL61109010140000071219812874',
  ]);
}

async function sell(world: ReportWorld, shop: Shop, roll: (sides: number) => number): Promise<Sale> {
  const currency: Currency = (['PLN', 'PLN', 'EUR', 'HUF'] as const)[roll(4)] ?? 'PLN';
  const amount = BigInt(100 + roll(500_000));
  const isBasket = currency === 'PLN' && roll(4) === 0;
  const shares = accounts.map((account, place) => ({ account, amount: amount / 4n, label: `Odbiorca ${place}` }));
  const number = roll(1_000_000);
  const payment = await createPayment(world.deps, shop, {
    ...{ amount, currency, orderId: `${orders[number % 3]}${number}`, title: titles[roll(titles.length)] },
    ...(isBasket ? { shares } : {}),
  });
  const refused = { kind: 'rejected', reason: 'INSUFFICIENT_FUNDS', code: '51' } as const;
  world.acquirer.onStart(roll(6) === 0 ? refused : { kind: 'settled', amount });
  const card = { method: 'CARD', card: { token: 'a token', fingerprint: `a card ${randomUUID()}` } } as const;
  const wish = { paymentId: payment.id, idempotencyKey: randomUUID(), ...card };
  return { shop, ...(await startTransaction(world.deps, { shop, source: 'WEB' }, wish)) };
}

async function refund(world: ReportWorld, sale: Sale, roll: (sides: number) => number): Promise<void> {
  const answers = [{ kind: 'settled' }, { kind: 'pending' }, { kind: 'rejected', code: '05' }] as const;
  world.acquirer.onMove(answers[roll(3)]);
  const amount = 1n + BigInt(roll(Number(sale.payment.amount)));
  const wish = { transactionId: sale.transaction.id, idempotencyKey: randomUUID(), amount, note: 'Zwrot; "cały"' };
  // Some sales were refused, some refunds are more than is left: those orders are refused, and nothing is booked.
  await createRefund(world.refunds, actorOf(sale.shop), wish).catch(() => undefined);
}
