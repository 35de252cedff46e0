import { readFileSync } from 'node:fs';

/** Writes a payment with its event, counter and timer in one statement, as `create-payment.sql` does. */
export function insertPayment(row) {
  return {
    name: 'insert-payment',
    text: `
      with made as (
        insert into payment (id, shop_id, source, idempotency_key, input_hash, status, amount, currency, order_id, title,
          customer_first_name, customer_last_name, customer_email, methods, return_url, valid_until, created_at, updated_at)
        values ($1, $2, 'API', $3, $4, 'NEW', $5, $6, $7, $8, $9, $10, $11, '{}', $12, $13, $14, $14)
        on conflict (shop_id, source, idempotency_key) do nothing
        returning id, shop_id, valid_until, created_at
      ), moved as (
        update shop_counter c set last_number = c.last_number + 1 from made where c.shop_id = made.shop_id
        returning c.shop_id, c.last_number
      ), told as (
        insert into event (shop_id, number, type, at, payment_id, data)
        select made.shop_id, moved.last_number, 'PAYMENT_CREATED', made.created_at, made.id,
          '{"payment":{"status":"NEW"}}'::jsonb
        from made join moved on moved.shop_id = made.shop_id
      ), timed as (
        insert into timer (kind, subject, merchant_id, due_at)
        select 'expire-payment', made.id::text, shop.merchant_id, made.valid_until
        from made join shop on shop.id = made.shop_id
      )
      select made.id from made join moved on moved.shop_id = made.shop_id`,
    values: [
      ...[row.id, row.shopId, row.idempotencyKey, row.inputHash, row.amount, row.currency, row.orderId, row.title],
      ...[row.customerFirstName, row.customerLastName, row.customerEmail, row.returnUrl, row.validUntil, row.createdAt],
    ],
  };
}

/** What `settle-payment.sql` has pgbench do, with the parameters of a prepared statement for its variables. */
const [start = '', settle = ''] = readFileSync(new URL('../settle-payment.sql', import.meta.url), 'utf8')
  .replace(':payment::uuid', '$1::uuid')
  .replace('gen_random_uuid()::text', '$2')
  .replace(':attempt::uuid', '$1::uuid')
  .split('\\gset');

/** Writes an attempt with BLIK, its two events, counter and timer, and gives its id as `attempt`. */
export function startTransaction(paymentId, idempotencyKey) {
  return { name: 'start-transaction', text: start, values: [paymentId, idempotencyKey] };
}

/** Writes what a settled attempt leaves: postings, balance, commission, events, and no timer. */
export function settleTransaction(transactionId) {
  return { name: 'settle-transaction', text: settle, values: [transactionId] };
}

/** What a payer's page asks again and again. */
export function findPayment(id) {
  return {
    name: 'find-payment',
    text: 'select id, status, amount, currency, settled_at as "settledAt" from payment where id = $1',
    values: [id],
  };
}

/** The newest payments of a shop, each with the name of the shop and its last transaction. */
export function listPayments(shopId, first) {
  return {
    name: 'list-payments',
    text: `
      select p.id, p.order_id as "orderId", p.title, p.amount, p.currency, p.status, p.methods, p.locale,
        p.valid_until as "validUntil", p.created_at as "createdAt", s.name as "shopName", t.id as "transactionId",
        t.status as "transactionStatus"
      from payment p join shop s on s.id = p.shop_id
      left join lateral (
        select id, status from transaction t where t.payment_id = p.id order by t.created_at desc, t.id desc limit 1
      ) t on true
      where p.shop_id = $1 order by p.created_at desc, p.id desc limit $2`,
    values: [shopId, first],
  };
}
