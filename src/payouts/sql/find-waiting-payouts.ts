import { type Database, read, type Tx } from '../../kernel/db/database.ts';
import type { Payout } from '../../kernel/db/generated/prisma/client.ts';
import type { Currency } from '../../kernel/money.ts';
import { holdsAccount, isInDoubt, isNamedByHeld, isOverdrawn, staysScheduled } from './doubt.ts';

/** Payouts of one currency that are to be handed to the bank, of merchants whose clocks show the same. */
export type WaitingGroup = { readonly currency: Currency; readonly clockOffsetMs: number };

/**
 * Finds in which currencies payouts are to be handed to the bank by now, by the clocks of their merchants; those that
 * stay SCHEDULED are not.
 */
export async function findWaitingGroups(database: Database, now: Date): Promise<WaitingGroup[]> {
  const rows = await read<{ readonly currency: Currency; readonly clockOffsetMs: bigint }>(database, {
    name: 'find-groups-of-payouts-to-send',
    text: `
      select distinct p.currency, m.clock_offset_ms as "clockOffsetMs" from payout p join merchant m on m.id = p.merchant_id
      where p.status = 'SCHEDULED' and p.send_at <= $1::timestamptz + m.clock_offset_ms * interval '1 millisecond'
        and not ${staysScheduled}
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
 * id. Those that stay SCHEDULED are left out.
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
        and m.clock_offset_ms = $2::bigint and not ${staysScheduled}
      order by
        case when p.currency = 'PLN' and p.expected_at >= $3::timestamptz then p.expected_at
          else greatest(p.expected_at, $4::timestamptz) end, p.id
      limit $5::int`,
    values: [wish.currency, wish.clockOffsetMs, wish.now, wish.late, wish.max],
  });
}

/** Says whether payouts that were found to be sent still are: nothing that concerns them came back or was told meanwhile. */
export async function mayAllBeSent(tx: Tx, payoutIds: readonly string[]): Promise<boolean> {
  const [first] = await tx.query({
    name: 'find-payout-not-to-send',
    text: `select p.id from payout p where p.id = any($1::uuid[]) and (p.status <> 'SCHEDULED' or ${staysScheduled}) limit 1`,
    values: [payoutIds],
  });
  return first === undefined;
}

/** A payout that came back, and how many wait for their file since they go to the same account. */
export type HoldingPayout = { readonly id: string; readonly waiting: bigint };

/** Finds up to `max` payouts that came back and keep others SCHEDULED, newest first: those that nobody decides on hide no other. */
export async function findHoldingPayouts(database: Database, max: number): Promise<HoldingPayout[]> {
  return read<HoldingPayout>(database, {
    name: 'find-payouts-that-hold-others',
    text: `
      select held_by.id, count(*) as waiting from payout p
      cross join lateral (select r.id from payout r where r.merchant_id = p.merchant_id and r.currency = p.currency
        and r.iban = p.iban and ${holdsAccount} order by r.returned_at desc, r.id limit 1) held_by
      where p.status = 'SCHEDULED' group by held_by.id order by held_by.id desc limit $1::int`,
    values: [max],
  });
}

/** A payout that a held movement names, or one that is not booked yet. */
export type PayoutInDoubt = { readonly id: string; readonly isBooked: boolean };

/** Finds which of some payouts are named by a movement on our account so that it may be that the bank has executed them. */
export async function findPayoutsInDoubt(tx: Tx, payoutIds: readonly string[]): Promise<PayoutInDoubt[]> {
  return tx.query<PayoutInDoubt>({
    name: 'find-payouts-in-doubt',
    text: `
      select p.id, ${isNamedByHeld} as "isBooked" from payout p where p.id = any($1::uuid[]) and ${isInDoubt}
      order by p.id`,
    values: [payoutIds],
  });
}

/**
 * Finds a payout that waits for its file, and would pay once more what a cancelled one of the same owner has paid, since the balance
 * does not cover that. The caller holds the locks of its shops.
 * @returns its id, and what the balance lacks, in minor units; undefined: the balance covers it, or none waits.
 */
export async function findPayoutOverdrawing(
  tx: Tx,
  cancelled: Pick<Payout, 'accountOwner' | 'currency' | 'net'>,
): Promise<{ readonly id: string; readonly lacking: bigint } | undefined> {
  const [row] = await tx.query<{ readonly id: string; readonly lacking: bigint }>({
    name: 'find-payout-overdrawing',
    text: `
      select p.id, $3::bigint - b.amount as lacking from payout p
      join account a on a.owner = p.account_owner and a.currency = p.currency and a.kind in ('SHOP', 'RECIPIENT')
      join account_balance b on b.account_id = a.id and b.amount < $3::bigint
      where p.account_owner = $1::text and p.currency = $2::currency and p.status = 'SCHEDULED'
      order by p.business_day desc limit 1`,
    values: [cancelled.accountOwner, cancelled.currency, cancelled.net],
  });
  return row;
}

/**
 * Finds up to `max` payouts that wait since their receivers have had their money by one that was cancelled and executed all the same,
 * newest first.
 */
export async function findOverdrawnPayouts(database: Database, max: number): Promise<string[]> {
  const rows = await read<{ readonly id: string }>(database, {
    name: 'find-overdrawn-payouts',
    text: `select p.id from payout p where p.status = 'SCHEDULED' and ${isOverdrawn} order by p.id desc limit $1::int`,
    values: [max],
  });
  return rows.map(({ id }) => id);
}

/** A payout that is on its way, and to where. */
export type WaitingPayout = { readonly id: string; readonly iban: string };

/**
 * Finds up to `max` payouts that were sent and should have arrived by now, by the clocks of their merchants. Those that are in
 * doubt are left until that movement is booked and decided on.
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
