import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import type { Payout } from '../../src/kernel/db/generated/prisma/client.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { answerAsBank } from '../../src/payouts/answer-as-bank.ts';
import { cancelPayout } from '../../src/payouts/cancel-payout.ts';
import type { BankFileDeps } from '../../src/payouts/deps.ts';
import { returningIban } from '../../src/payouts/model.ts';
import { runPayouts } from '../../src/payouts/run-payouts.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { readMovements } from '../../src/payouts/sql/read-movements.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import type { RefundDeps } from '../../src/refunds/deps.ts';
import type { Shop } from '../../src/shops/model.ts';
import { type Authorized, authorize, capture } from '../payments/authorized.ts';
import type { Sale } from '../refunds/world.ts';
import { actorOf, createRefundDeps, createShop } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openPayoutWorld, type PayoutWorld } from './world.ts';

type Gateway = { readonly payments: PaymentDeps; readonly refunds: RefundDeps; readonly payouts: BankFileDeps };

let world: PayoutWorld;
/** Four processes on one database, each with lanes and connections of its own. */
let gateways: readonly Gateway[];
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  world = await openPayoutWorld();
  gateways = [1, 2, 3, 4].map(() => {
    const database = openDatabase({ url: world.database.url, connectionsMax: 4 });
    opened.push(database);
    const payments = { ...world.deps, database };
    return { payments, refunds: createRefundDeps(payments), payouts: { ...world.payouts, database } };
  });
});

afterAll(async () => {
  for (const database of opened) await database.close();
  await world.close();
});

const gatewayOf = (place: number): Gateway => gateways[place % gateways.length] as Gateway;

/** A shop with reserved money, and a sale of which a refund is under way that the acquirer will refuse. */
type Stall = { readonly shop: Shop; readonly reserved: Authorized; readonly sale: Sale; readonly refused: string };

async function openStall(merchantId: string): Promise<Stall> {
  const { shop } = await createShop(world.database, { merchantId });
  const sale = await world.sell(shop, 20_000n);
  const { refund } = await world.refund(sale, { amount: 1_000n });
  return { shop, sale, refused: refund.id, reserved: await authorize(world, { shop, amount: 9_000n }) };
}

/** What the payouts of a shop have taken up, each as its kind and amount, but for what one hands on to the next. */
async function paidMovements(payouts: readonly Payout[]): Promise<string[]> {
  const asks = payouts.map((payout) => ({ payout, source: 0, number: 0n, limit: 100 }));
  const pages = await readMovements(world.database, asks);
  const lines = pages.flatMap((page) => page.map(({ kind, amount }) => `${kind} ${amount}`));
  return lines.filter((line) => !line.startsWith('CARRIED')).sort();
}

/** Pays the payouts of a merchant to another account from now on. */
async function payTo(merchantId: string, iban: string): Promise<void> {
  await world.database.pool.query('update payout_account set iban = $2 where merchant_id = $1', [merchantId, iban]);
}

/** Monday's payouts missed their session, and wait for the account from which Friday's came back. */
async function cancelWaiting(merchantId: string): Promise<void> {
  const { rows } = await world.database.pool.query<{ id: string }>(
    `select id from payout where merchant_id = $1 and status = 'SCHEDULED'`,
    [merchantId],
  );
  const operator = { keyId: randomUUID(), name: 'Anna Nowak' };
  for (const { id: payoutId } of rows) {
    const wish = { payoutId, code: 'AC04', reason: 'the account is closed' };
    await inTransaction(world.database, (tx) => cancelPayout(tx, { clock: world.clock, operator }, wish));
  }
}

/** A run of Friday's payouts that the bank has and will send back, and sales of Friday that Monday's run pays. */
async function prepareMonday(): Promise<{ readonly stalls: readonly Stall[]; readonly merchantId: string }> {
  const { merchantId } = await world.openShop();
  await payTo(merchantId, returningIban);
  const stalls: Stall[] = [];
  while (stalls.length < 8) stalls.push(await openStall(merchantId));
  await world.payAt('2026-11-27T06:00:00+01:00');
  world.goTo('2026-11-27T09:00:00+01:00');
  await sendPayouts(world.payouts);
  for (const { shop } of stalls) await world.sell(shop, 700n);
  world.acquirer.onMove({ kind: 'settled' });
  world.goTo('2026-11-30T09:30:00+01:00');
  return { stalls, merchantId };
}

it('Runs of four processes pay all of it once, while captures land, refunds are ordered and refused, and money comes back', async () => {
  const { stalls, merchantId } = await prepareMonday();
  await Promise.all([
    ...gateways.flatMap(({ payouts }) => [runPayouts(payouts), answerAsBank(payouts)]),
    ...stalls.flatMap(({ shop, reserved, sale, refused }, place) => [
      capture({ deps: gatewayOf(place).payments }, reserved, { amount: 3_000n }),
      capture({ deps: gatewayOf(place + 1).payments }, reserved, { amount: 6_000n }),
      createRefund(gatewayOf(place + 2).refunds, actorOf(shop), {
        ...{ transactionId: sale.transaction.id, idempotencyKey: randomUUID(), amount: 500n },
      }),
      gatewayOf(place + 3).refunds.answering.submit({ refundId: refused, answer: { kind: 'rejected', code: 'x' } }),
    ]),
  ]);
  expect(await brokenInvariants(world.database)).toEqual([]);
  await payTo(merchantId, 'PL61109010140000071219812874');
  await cancelWaiting(merchantId);
  for (const day of ['2026-12-01', '2026-12-02', '2026-12-03']) {
    await world.payAt(`${day}T06:00:00+01:00`);
    world.goTo(`${day}T09:30:00+01:00`);
    await sendPayouts(world.payouts);
    await answerAsBank(world.payouts);
  }
  const charged = 280n + 10n + 126n;
  for (const { shop } of stalls) {
    const payouts = await world.payoutsOf(shop.id);
    const returned = payouts.filter(({ status }) => status === 'RETURNED').map(({ net }) => net);
    const arrived = payouts.filter(({ status }) => status === 'SETTLED').reduce((sum, { net }) => sum + net, 0n);
    expect(arrived).toBe(20_000n + 700n + 9_000n - 500n - charged);
    expect(await world.balanceOf(shop.id)).toBe(0n);
    expect(await paidMovements(payouts)).toEqual(
      [
        ...['SALE 20000', 'SALE 700', 'SALE 3000', 'SALE 6000', 'COMMISSION -280', 'COMMISSION -10', 'COMMISSION -126'],
        ...['REFUND -1000', 'REFUND_REJECTED 1000', 'REFUND -500'],
        ...returned.map((net) => `PAYOUT_RETURNED ${net}`),
      ].sort(),
    );
  }
  expect(await brokenInvariants(world.database)).toEqual([]);
  expect(world.alarms).toEqual([]);
});
