import { type Database, read, type Tx } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/money.ts';

/**
 * A payout `p` that our bank has executed as its statement says, though by our books it was not sent: an operator has to
 * look into that before it may go out, or it would be paid twice.
 */
const isInDoubt = `exists (
        select from statement_entry e where e.payout_id = p.id and e.direction = 'DEBIT' and e.status = 'HELD')`;

/** Payouts of one currency that are to be handed to the bank, of merchants whose clocks show the same. */
export type WaitingGroup = { readonly currency: Currency; readonly clockOffsetMs: number };

/**
 * Finds in which currencies payouts are to be handed to the bank by now, by the clocks of their merchants; those that a held
 * debit names are not.
 */
export async function findWaitingGroups(database: Database, now: Date): Promise<WaitingGroup[]> {
  const rows = await read<{ readonly currency: Currency; readonly clockOffsetMs: bigint }>(database, {
    name: 'find-groups-of-payouts-to-send',
    text: `
      select distinct p.currency, m.clock_offset_ms as "clockOffsetMs" from payout p join merchant m on m.id = p.merchant_id
      where p.status = 'SCHEDULED' and p.send_at <= $1::timestamptz + m.clock_offset_ms * interval '1 millisecond'
        and not ${isInDoubt}
      order by p.currency, m.clock_offset_ms`,
    values: [now],
  });
  return rows.map((row) => ({ ...row, clockOffsetMs: Number(row.clockOffsetMs) }));
}

/** A payout that is to be handed to the bank, and to whom it goes; recipients have no address with us. */
export type PayoutToSend = {
  readonly id: string;
  readonly net: bigint;
  readonly iban: string;
  readonly businessDay: Date;
  readonly expectedAt: Date;
  readonly name: string;
  readonly street: string | null;
  readonly postalCode: string | null;
  readonly city: string | null;
  readonly country: string;
};

/**
 * Finds up to `max` payouts of a group that are to be handed to the bank by now: those whose session comes first, then by
 * id. Those that a held debit names are left out.
 * @param wish.now by the clock of the group's merchants.
 * @param wish.late the session for those that are too late for their own.
 */
export async function findPayoutsToSend(
  database: Database,
  wish: WaitingGroup & { readonly now: Date; readonly late: Date; readonly max: number },
): Promise<PayoutToSend[]> {
  return read<PayoutToSend>(database, {
    name: 'find-payouts-to-send',
    text: `
      select p.id, p.net, p.iban, p.business_day as "businessDay", p.expected_at as "expectedAt",
        coalesce(r.name, m.name) as name, case when r.id is null then m.street end as street,
        case when r.id is null then m.postal_code end as "postalCode", case when r.id is null then m.city end as city,
        m.country
      from payout p join merchant m on m.id = p.merchant_id left join recipient r on r.id = p.recipient_id
      where p.status = 'SCHEDULED' and p.send_at <= $3::timestamptz and p.currency = $1::currency
        and m.clock_offset_ms = $2::bigint and not ${isInDoubt}
      order by
        case when p.currency = 'PLN' and p.expected_at >= $3::timestamptz then p.expected_at
          else greatest(p.expected_at, $4::timestamptz) end, p.id
      limit $5::int`,
    values: [wish.currency, wish.clockOffsetMs, wish.now, wish.late, wish.max],
  });
}

/** Finds which of some payouts are named by a held debit on our account: it may be that the bank has executed them. */
export async function findPayoutsInDoubt(tx: Tx, payoutIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>({
    name: 'find-payouts-in-doubt',
    text: `select p.id from payout p where p.id = any($1::uuid[]) and ${isInDoubt} order by p.id`,
    values: [payoutIds],
  });
  return rows.map(({ id }) => id);
}

/** A payout that is on its way, and to where. */
export type WaitingPayout = { readonly id: string; readonly iban: string };

/**
 * Finds up to `max` payouts that were sent and should have arrived by now, by the clocks of their merchants. Those that a held debit
 * names are left to whoever decides on it.
 */
export async function findPayoutsToArrive(database: Database, now: Date, max: number): Promise<WaitingPayout[]> {
  return read<WaitingPayout>(database, {
    name: 'find-payouts-to-arrive',
    text: `
      select p.id, p.iban from payout p join merchant m on m.id = p.merchant_id
      where p.status = 'SENT' and p.expected_at <= $1::timestamptz + m.clock_offset_ms * interval '1 millisecond'
        and not ${isInDoubt}
      order by p.expected_at, p.id limit $2::int`,
    values: [now, max],
  });
}
