import { type Database, read } from '../../kernel/db/database.ts';

/** Reads how far a merchant's clock is ahead of the machine's, in milliseconds; 0 but in the sandbox. */
export async function readClockOffset(database: Database, merchantId: string): Promise<number> {
  const [row] = await read<{ ms: bigint }>(database, {
    name: 'read-clock-offset',
    text: 'select clock_offset_ms as ms from merchant where id = $1::text',
    values: [merchantId],
  });
  return Number(row?.ms ?? 0n);
}
