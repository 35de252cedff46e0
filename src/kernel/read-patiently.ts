import { endsInTime } from './ends-in-time.ts';

/** How long a read may be silent before another one begins beside it. */
const patience = { ms: 1_000 };

/**
 * Reads, and reads once more beside that when there has been no answer for a second: one connection to the database may have
 * fallen silent, which takes 20 seconds to show, while the others work. The first good answer counts, and the other is dropped;
 * when both fail, so does this. There is no third, so that a database that is silent as a whole is not asked ever more.
 */
export async function readPatiently<Answer>(read: () => Promise<Answer>): Promise<Answer> {
  const first = read();
  if (await endsInTime(first, patience)) return first;
  return Promise.any([first, read()]).catch((error: AggregateError) => {
    // The first one's says what happened; the one behind it may only have found no connection.
    throw error.errors[0];
  });
}
