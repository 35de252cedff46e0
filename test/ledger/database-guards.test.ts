import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Payment, Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { newId } from '../../src/kernel/ids.ts';
import { openWorld, paid, startedPayment, type World } from '../payments/world.ts';
import { createPayment, tellAnswer } from '../support/factories.ts';

let world: World;
let settled: { payment: Payment; transaction: Transaction };
let foreign: Payment;
let euros: Payment;

beforeAll(async () => {
  world = await openWorld(['blik', 'ecom3ds']);
  const shop = await world.openShop();
  settled = await startedPayment(world, shop);
  await tellAnswer(world.deps, settled.transaction.id, paid(settled.payment));
  foreign = await createPayment(world.deps, await world.openShop());
  euros = await createPayment(world.deps, shop, { currency: 'EUR' });
});

afterAll(() => world.close());

const sql = (text: string, ...values: unknown[]): Promise<unknown> => world.database.pool.query(text, values);

describe('What was posted or told', () => {
  it.each([
    'update posting set amount = amount + 1',
    'delete from posting',
    'truncate posting cascade',
    `update event set data = '{}'`,
    'delete from event',
    'truncate event',
  ])('stays, even against "%s"', async (text) => {
    await expect(sql(text)).rejects.toMatchObject({ code: '23001' });
  });

  it('is posted once for one capture', async () => {
    const again = sql(`insert into posting (kind, from_id, to_id, amount, currency, capture_id, at)
      select kind, from_id, to_id, amount, currency, capture_id, at from posting limit 1`);
    await expect(again).rejects.toMatchObject({ constraint: 'posting_sale_once' });
  });
});

describe('Rows of two currencies', () => {
  it('cannot be joined by a posting', async () => {
    const mixed = sql(`insert into posting (kind, from_id, to_id, amount, currency, at)
      select 'SALE', f.id, t.id, 1, 'PLN', '2026-01-01' from account f, account t
      where f.kind = 'ACQUIRER' and f.currency = 'PLN' and t.kind = 'SHOP' and t.currency = 'EUR' limit 1`);
    await expect(mixed).rejects.toMatchObject({ constraint: 'posting_to_id_currency_fkey' });
  });

  it('cannot be a posting and its capture', async () => {
    const mixed = sql(`insert into posting (kind, from_id, to_id, amount, currency, capture_id, at)
      select 'REFUND_ORDERED', f.id, t.id, 1, 'EUR', c.id, '2026-01-01' from account f, account t, capture c
      where f.kind = 'ACQUIRER' and f.currency = 'EUR' and t.kind = 'SHOP' and t.currency = 'EUR' limit 1`);
    await expect(mixed).rejects.toMatchObject({ constraint: 'posting_capture_id_currency_fkey' });
  });

  it('cannot be a payment and its transaction, nor a transaction and its commission', async () => {
    const { transaction } = settled;
    const moved = sql('update transaction set payment_id = $2 where id = $1', transaction.id, euros.id);
    await expect(moved).rejects.toMatchObject({ constraint: 'transaction_payment_id_shop_id_currency_fkey' });
    const charged = sql(`update commission set currency = 'EUR' where transaction_id = $1`, transaction.id);
    await expect(charged).rejects.toMatchObject({ constraint: 'commission_transaction_id_shop_id_currency_fkey' });
  });
});

describe('Rows of two shops', () => {
  it('cannot be a payment and its transaction', async () => {
    const moved = sql('update transaction set payment_id = $2 where id = $1', settled.transaction.id, foreign.id);
    await expect(moved).rejects.toMatchObject({ constraint: 'transaction_payment_id_shop_id_currency_fkey' });
  });

  it.each(['capture', 'commission'])('cannot be a transaction and its %s', async (table) => {
    const moved = sql(
      `update ${table} set shop_id = $2 where transaction_id = $1`,
      settled.transaction.id,
      foreign.shopId,
    );
    await expect(moved).rejects.toMatchObject({ constraint: `${table}_transaction_id_shop_id_currency_fkey` });
  });
});

/** Writes a copy of the settled transaction, with other values for some columns. */
function insertAttempt(paymentId: string, status: string, more: { surplus?: boolean } = {}): Promise<unknown> {
  const id = newId(new Date('2026-03-02T10:00:00.000Z'));
  const amount = status === 'SETTLED' ? 1_234 : 0;
  return sql(
    `insert into transaction (id, shop_id, payment_id, source, idempotency_key, input_hash, method, channel, acquirer,
       status, amount, currency, captured_amount, settled_amount, surplus, created_at, updated_at, settled_at,
       authorized_until)
     select $1::uuid, t.shop_id, $2::uuid, t.source, $1::text, t.input_hash, t.method, t.channel, t.acquirer,
       $3::transaction_status, t.amount, t.currency, $4::bigint, $4::bigint, $5::boolean, t.created_at, t.updated_at,
       case when $4::bigint > 0 then t.settled_at end, t.created_at
     from transaction t where t.id = $6::uuid`,
    id,
    paymentId,
    status,
    amount,
    more.surplus ?? false,
    settled.transaction.id,
  );
}

describe('Of the attempts on one payment', () => {
  it.each(['NEW', 'PENDING', 'AUTHORIZED', 'SUBMITTED', 'UNKNOWN'])('one may be live, be it %s', async (status) => {
    const { payment } = settled;
    await insertAttempt(payment.id, status);
    await expect(insertAttempt(payment.id, 'PENDING')).rejects.toMatchObject({ constraint: 'transaction_one_live' });
    await insertAttempt(payment.id, 'REJECTED');
    await sql(`delete from transaction where payment_id = $1 and status <> 'SETTLED'`, payment.id);
  });

  it('one may be settled, and any number may be surplus', async () => {
    const { payment } = settled;
    await expect(insertAttempt(payment.id, 'SETTLED')).rejects.toMatchObject({ constraint: 'transaction_one_settled' });
    await insertAttempt(payment.id, 'SETTLED', { surplus: true });
    await insertAttempt(payment.id, 'SETTLED', { surplus: true });
  });
});

describe('Impossible rows', () => {
  it.each([
    ['payment_settled_at', `update payment set settled_at = null where id = $1`],
    ['payment_refunded', `update payment set refunded_amount = amount + 1 where id = $1`],
    ['payment_amount', `update payment set amount = 0 where id = $1`],
    ['transaction_captured', `update transaction set settled_amount = captured_amount + 1 where payment_id = $1`],
    ['transaction_captured', `update transaction set captured_amount = amount + 1 where payment_id = $1`],
    ['transaction_held', `update transaction set held_amount = -1 where payment_id = $1`],
    [
      'transaction_authorized_until',
      `update transaction set status = 'AUTHORIZED', settled_at = null, surplus = false where payment_id = $1`,
    ],
    ['transaction_money', `update transaction set settled_amount = 0 where payment_id = $1`],
    ['transaction_settled_at', `update transaction set settled_at = null where payment_id = $1`],
    ['transaction_refunded', `update transaction set refunded_amount = settled_amount + 1 where payment_id = $1`],
    [
      'transaction_late',
      `update transaction set late = true, status = 'REJECTED', settled_at = null, surplus = false where payment_id = $1`,
    ],
  ])('are refused: %s', async (constraint, text) => {
    await expect(sql(text, settled.payment.id)).rejects.toMatchObject({ constraint });
  });
});
