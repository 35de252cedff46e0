import type { Tx } from '../../kernel/db/database.ts';
import type { ShopStatus } from '../../kernel/db/generated/prisma/enums.ts';

/** What of a shop a decision must know as it is at this very moment. */
export type ShopState = {
  readonly merchantId: string;
  readonly status: ShopStatus;
  readonly merchantActive: boolean;
  /** How far the clock of the shop's merchant is ahead, in milliseconds. */
  readonly clockOffsetMs: number;
  /** Until when the merchant's turnover is counted for a promotion; null when it is not, or has reached the limit. */
  readonly turnoverCountedUntil: Date | null;
};

type Row = Omit<ShopState, 'clockOffsetMs'> & { readonly shopId: string; readonly offsetMs: bigint };

/** Reads the state of shops, inside a transaction that has locked them. */
export async function readShopStates(tx: Tx, shopIds: readonly string[]): Promise<Map<string, ShopState>> {
  const rows = await tx.query<Row>({
    name: 'read-shop-states',
    text: `
      select s.id as "shopId", s.merchant_id as "merchantId", s.status, m.status in ('ACTIVE', 'NOTICE') as "merchantActive",
        m.clock_offset_ms as "offsetMs",
        case when m.settled_turnover < m.turnover_counted_to then m.turnover_counted_until end as "turnoverCountedUntil"
      from shop s join merchant m on m.id = s.merchant_id
      where s.id = any($1::uuid[])`,
    values: [[...new Set(shopIds)]],
  });
  return new Map(rows.map(({ shopId, offsetMs, ...state }) => [shopId, { ...state, clockOffsetMs: Number(offsetMs) }]));
}
