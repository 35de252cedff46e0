import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Database, read } from './database.ts';

/** Clocks that are kept by NTP differ by far less. In milliseconds. */
const toleratedMs = 60_000;

/**
 * Warns when this machine's clock and that of the database differ by more than a minute: all times that are kept, expiries and
 * what is due later go by the first, and jobs by the second. Which of them is wrong nobody can tell here.
 */
export async function compareClocks(database: Database, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
  const [server] = await read<{ at: Date | null }>(database, {
    ...{ name: 'read-server-clock', values: [] },
    text: 'select query_start as at from pg_stat_activity where pid = pg_backend_pid()',
  });
  // Where track_activities is off, it keeps none.
  if (!server?.at) return;
  const aheadMs = clock.now().getTime() - server.at.getTime();
  if (Math.abs(aheadMs) <= toleratedMs) return;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const way = aheadMs < 0 ? 'behind' : 'ahead of';
  log.warn(`the clock of this machine is ${seconds} seconds ${way} that of the database; set both right, by NTP`);
}
