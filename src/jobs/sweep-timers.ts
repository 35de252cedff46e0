import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { takeDueTimers } from '../kernel/jobs/timers.ts';

const timersMax = 500;

/** Turns every timer that is due into its job, each in the transaction that removes it: no timer is lost or runs twice. */
export async function sweepTimers(database: Database, clock: Clock): Promise<void> {
  let taken: number;
  do taken = await sweepOnce(database, clock);
  while (taken === timersMax);
}

function sweepOnce(database: Database, clock: Clock): Promise<number> {
  return inTransaction(database, async (tx) => {
    const timers = await takeDueTimers(tx, clock.now(), timersMax);
    await enqueue(
      tx,
      timers.map(({ kind, subject, round, queue }) => ({
        name: kind,
        payload: { subject, round },
        ...(queue === null ? {} : { queue }),
      })),
    );
    return timers.length;
  });
}
