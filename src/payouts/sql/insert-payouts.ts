import type { Tx } from '../../kernel/db/database.ts';
import type { Payout } from '../../kernel/db/generated/prisma/client.ts';

/** Writes new payouts. A second one of an account for a day, or for what another took up, is refused by unique indexes. */
export async function insertPayouts(tx: Tx, payouts: readonly Payout[]): Promise<void> {
  if (payouts.length === 0) return;
  const column = <Name extends keyof Payout>(name: Name): Payout[Name][] => payouts.map((payout) => payout[name]);
  await tx.query({
    name: 'insert-payouts',
    text: `
      insert into payout (id, merchant_id, account_owner, shop_id, recipient_id, currency, business_day, status, gross,
        refunds, returned, carried_in, commission, carried_out, net, iban, postings_after, postings_through,
        commissions_after, commissions_through, adjustments_after, adjustments_through, send_at, expected_at, created_at,
        updated_at)
      select *, i.created_at from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::currency[],
        $7::date[], $8::payout_status[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
        $14::bigint[], $15::bigint[], $16::text[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[],
        $21::bigint[], $22::bigint[], $23::timestamptz[], $24::timestamptz[], $25::timestamptz[])
        as i (id, merchant_id, account_owner, shop_id, recipient_id, currency, business_day, status, gross, refunds,
          returned, carried_in, commission, carried_out, net, iban, postings_after, postings_through, commissions_after,
          commissions_through, adjustments_after, adjustments_through, send_at, expected_at, created_at)`,
    values: [
      column('id'),
      column('merchantId'),
      column('accountOwner'),
      column('shopId'),
      column('recipientId'),
      column('currency'),
      payouts.map((payout) => payout.businessDay.toISOString().slice(0, 10)),
      column('status'),
      column('gross'),
      column('refunds'),
      column('returned'),
      column('carriedIn'),
      column('commission'),
      column('carriedOut'),
      column('net'),
      column('iban'),
      column('postingsAfter'),
      column('postingsThrough'),
      column('commissionsAfter'),
      column('commissionsThrough'),
      column('adjustmentsAfter'),
      column('adjustmentsThrough'),
      column('sendAt'),
      column('expectedAt'),
      column('createdAt'),
    ],
  });
}
