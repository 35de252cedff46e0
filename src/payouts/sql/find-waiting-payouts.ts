import { type Database, read } from '../../kernel/db/database.ts';

/** Finds up to `max` payouts that are to be handed to the bank by now, by the clocks of their merchants. */
export async function findPayoutsToSend(database: Database, now: Date, max: number): Promise<string[]> {
  const rows = await read<{ id: string }>(database, {
    name: 'find-payouts-to-send',
    text: `
      select p.id from payout p join merchant m on m.id = p.merchant_id
      where p.status = 'SCHEDULED' and p.send_at <= $1::timestamptz + m.clock_offset_ms * interval '1 millisecond'
      order by p.send_at, p.id limit $2::int`,
    values: [now, max],
  });
  return rows.map((row) => row.id);
}

/** A payout that is on its way, and to where. */
export type WaitingPayout = { readonly id: string; readonly iban: string };

/** Finds up to `max` payouts that were sent and should have arrived by now, by the clocks of their merchants. */
export async function findPayoutsToArrive(database: Database, now: Date, max: number): Promise<WaitingPayout[]> {
  return read<WaitingPayout>(database, {
    name: 'find-payouts-to-arrive',
    text: `
      select p.id, p.iban from payout p join merchant m on m.id = p.merchant_id
      where p.status = 'SENT' and p.expected_at <= $1::timestamptz + m.clock_offset_ms * interval '1 millisecond'
      order by p.expected_at, p.id limit $2::int`,
    values: [now, max],
  });
}
