import type { Tx } from '../db/database.ts';
import type { EventType } from '../db/generated/prisma/enums.ts';

/** A fact about one shop, before it has its number. */
export type Fact = {
  readonly shopId: string;
  readonly type: EventType;
  readonly at: Date;
  readonly paymentId?: string;
  readonly transactionId?: string;
  readonly refundId?: string;
  readonly payoutId?: string;
  readonly profileId?: string;
  readonly captureId?: string;
  readonly voidId?: string;
  /** The subject's public state at that moment; never personal data. */
  readonly data: object;
};

/**
 * Locks the counters of the shops that a transaction is about to change, sorted by shop id: the first thing every
 * writing transaction does, so that all writing for one shop is serial and nothing can wait in a circle.
 */
export async function lockShops(tx: Tx, shopIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'lock-shops',
    text: 'select shop_id from shop_counter where shop_id = any($1::uuid[]) order by shop_id for no key update',
    values: [[...new Set(shopIds)]],
  });
}

/**
 * Writes facts to the logs of their shops, in the order given, each with the next number of its shop. The caller holds
 * the locks of these shops. The numbers commit with the change, so a log never has a hole.
 */
export async function appendEvents(tx: Tx, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return;
  const rows = await tx.query<{ shopId: string; number: bigint }>({
    name: 'append-events',
    text: `
      with fact as materialized (
        select * from unnest($1::uuid[], $2::event_type[], $3::timestamptz[], $4::uuid[], $5::uuid[], $6::uuid[],
          $7::uuid[], $8::uuid[], $9::jsonb[], $10::uuid[], $11::uuid[])
          with ordinality as f (shop_id, type, at, payment_id, transaction_id, refund_id, payout_id, profile_id, data,
            capture_id, void_id, ord)
      ), counted as (
        select shop_id, count(*) as facts from fact group by shop_id
      ), moved as (
        update shop_counter c set last_number = c.last_number + counted.facts
        from counted where c.shop_id = counted.shop_id
        returning c.shop_id, c.last_number, c.last_number - counted.facts as before
      ), written as (
        insert into event (shop_id, number, type, at, payment_id, transaction_id, refund_id, payout_id, profile_id, data,
          capture_id, void_id)
        select shop_id, before + row_number() over (partition by shop_id order by ord), type, at, payment_id,
          transaction_id, refund_id, payout_id, profile_id, data, capture_id, void_id
        from fact join moved using (shop_id)
      )
      select shop_id as "shopId", last_number as number from moved`,
    values: [
      facts.map((fact) => fact.shopId),
      facts.map((fact) => fact.type),
      facts.map((fact) => fact.at),
      facts.map((fact) => fact.paymentId ?? null),
      facts.map((fact) => fact.transactionId ?? null),
      facts.map((fact) => fact.refundId ?? null),
      facts.map((fact) => fact.payoutId ?? null),
      facts.map((fact) => fact.profileId ?? null),
      facts.map((fact) => JSON.stringify(fact.data)),
      facts.map((fact) => fact.captureId ?? null),
      facts.map((fact) => fact.voidId ?? null),
    ],
  });
  const shops = new Set(facts.map((fact) => fact.shopId)).size;
  if (rows.length !== shops) throw new Error('A fact is about a shop that has no counter.');
  const types = new Set(facts.map(({ type }) => type));
  for (const row of rows) tx.noteNumber(row.shopId, row.number, types);
}
