import type { Tx } from '../../kernel/db/database.ts';
import type { Payment } from '../../kernel/db/generated/prisma/client.ts';
import { timerKinds } from '../model.ts';

/** A row to write, with the merchant whose clock its expiry follows; `expires` is false for one that never does. */
export type NewPayment = { readonly row: Payment; readonly merchantId: string; readonly expires: boolean };

/**
 * Writes a batch of payments with their events and expiry timers in one statement, and gives the positions of those that
 * were written. Left out are those whose key was used before and those whose shop is not active (any more).
 *
 * The counters are locked first, sorted by shop; `open_shop` is joined so that the lock is taken before anything is
 * written. An unreferenced CTE would never run, and an ordered update would not lock in order.
 */
export async function insertPayments(tx: Tx, payments: readonly NewPayment[]): Promise<ReadonlySet<number>> {
  if (payments.length === 0) return new Set();
  const rows = await tx.query<{ ord: bigint; shopId: string; last: bigint }>({
    name: 'insert-payments',
    text,
    values: columnsOf(payments),
  });
  for (const row of rows) tx.noteNumber(row.shopId, row.last, written);
  return new Set(rows.map((row) => Number(row.ord) - 1));
}

/** The types of the events that it writes. */
const written = ['PAYMENT_CREATED'] as const;

const text = `
  with inp as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::payment_source[], $5::text[], $6::bytea[], $7::bigint[],
      $8::currency[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
      $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[],
      $24::text[], $25::jsonb[], $26::timestamptz[], $27::timestamptz[], $28::boolean[], $29::capture_mode[], $30::uuid[],
      $31::boolean[], $32::boolean[])
      with ordinality as i (id, shop_id, merchant_id, source, idempotency_key, input_hash, amount, currency, order_id,
        title, description, first_name, last_name, email, phone, company, tax_id, locale, methods, preselect_channel,
        success_url, failure_url, return_url, notification_url, documents, valid_until, created_at, expires, capture_mode,
        link_id, is_split, is_sale, ord)
  ), locked as materialized (
    select shop_id from shop_counter where shop_id in (select shop_id from inp) order by shop_id for no key update
  ), open_shop as materialized (
    select s.id from locked join shop s on s.id = locked.shop_id join merchant m on m.id = s.merchant_id
    where s.status = 'ACTIVE' and m.status in ('ACTIVE', 'NOTICE')
  ), made as (
    insert into payment (id, shop_id, source, idempotency_key, input_hash, status, amount, currency, order_id, title,
      description, customer_first_name, customer_last_name, customer_email, customer_phone, customer_company,
      customer_tax_id, locale, methods, preselect_channel, success_url, failure_url, return_url, notification_url,
      documents, valid_until, created_at, updated_at, capture_mode, link_id, is_split, is_sale)
    select inp.id, inp.shop_id, source, idempotency_key, input_hash, 'NEW', amount, currency, order_id, title,
      description, first_name, last_name, email, phone, company, tax_id, locale, methods::payment_method[],
      preselect_channel, success_url, failure_url, return_url, notification_url, documents, valid_until, created_at,
      created_at, capture_mode, link_id, is_split, is_sale
    from inp join open_shop on open_shop.id = inp.shop_id
    on conflict (shop_id, source, idempotency_key) do nothing
    returning id
  ), kept as (
    select inp.*, row_number() over (partition by inp.shop_id order by inp.ord) as place
    from made join inp on inp.id = made.id
  ), moved as (
    update shop_counter c set last_number = c.last_number + k.facts
    from (select shop_id, count(*) as facts from kept group by shop_id) k where c.shop_id = k.shop_id
    returning c.shop_id, c.last_number, c.last_number - k.facts as before
  ), told as (
    insert into event (shop_id, number, type, at, payment_id, data)
    select kept.shop_id, moved.before + kept.place, '${written[0]}', kept.created_at, kept.id,
      '{"payment":{"status":"NEW"}}'::jsonb
    from kept join moved on moved.shop_id = kept.shop_id
  ), timed as (
    insert into timer (kind, subject, merchant_id, due_at)
    select '${timerKinds.expire}', id::text, merchant_id, valid_until from kept where expires
  )
  select kept.ord, kept.shop_id as "shopId", moved.last_number as last
  from kept join moved on moved.shop_id = kept.shop_id`;

function columnsOf(payments: readonly NewPayment[]): unknown[] {
  const rows = payments.map((payment) => payment.row);
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.shopId),
    payments.map((payment) => payment.merchantId),
    rows.map((row) => row.source),
    rows.map((row) => row.idempotencyKey),
    rows.map((row) => row.inputHash),
    rows.map((row) => row.amount),
    rows.map((row) => row.currency),
    rows.map((row) => row.orderId),
    rows.map((row) => row.title),
    rows.map((row) => row.description),
    rows.map((row) => row.customerFirstName),
    rows.map((row) => row.customerLastName),
    rows.map((row) => row.customerEmail),
    rows.map((row) => row.customerPhone),
    rows.map((row) => row.customerCompany),
    rows.map((row) => row.customerTaxId),
    rows.map((row) => row.locale),
    // unnest would flatten an array of arrays, so each list travels as the text of an array.
    rows.map((row) => `{${row.methods.join()}}`),
    rows.map((row) => row.preselectChannel),
    rows.map((row) => row.successUrl),
    rows.map((row) => row.failureUrl),
    rows.map((row) => row.returnUrl),
    rows.map((row) => row.notificationUrl),
    rows.map((row) => (row.documents === null ? null : JSON.stringify(row.documents))),
    rows.map((row) => row.validUntil),
    rows.map((row) => row.createdAt),
    payments.map((payment) => payment.expires),
    rows.map((row) => row.captureMode),
    rows.map((row) => row.linkId),
    rows.map((row) => row.isSplit),
    rows.map((row) => row.isSale),
  ];
}
