import type { Tx } from '../../kernel/db/database.ts';

/**
 * Sets the turnover of a merchant to all that he has settled since a moment, in PLN minor units: as each sale was counted
 * or, where it was not, as it would be counted now (foreign ones at the rate in force on the day they settled, half up).
 * The caller holds the locks of all his shops and of his row.
 */
export async function recountTurnover(tx: Tx, merchantId: string, since: Date): Promise<void> {
  await tx.query({
    name: 'recount-turnover',
    text: `
      update merchant m set settled_turnover = (
        select coalesce(sum(case
          when c.turnover is not null then c.turnover
          when c.currency = 'PLN' then c.base
          else coalesce(div(c.base::numeric * r.rate + 50000000, 100000000), 0) end), 0)::bigint
        from shop s
        join commission c on c.shop_id = s.id
        left join lateral (
          select t.number from fx_table t
          where t.effective_date <= (c.computed_at at time zone 'Europe/Warsaw')::date
          order by t.effective_date desc limit 1
        ) t on c.turnover is null
        left join fx_rate r on r.table_number = t.number and r.currency = c.currency
        where s.merchant_id = $1::text and c.computed_at >= $2::timestamptz)
      where m.id = $1::text`,
    values: [merchantId, since],
  });
}
