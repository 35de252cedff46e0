import { endsInTime } from './ends-in-time.ts';

/** How long a read may be silent before another one begins beside it. */
const patience = { ms: 1_000 };

/**
 * Reads, and reads again beside that when there has been no answer for a second: one connection to the database may have fallen
 * silent, which takes 20 seconds to show, while the others work. The first good answer counts, and the others are dropped;
 * when all fail, so does this. @param readsMax how many may be begun; two, so that a database that is silent as a whole is
 * not asked ever more.
 */
export async function readPatiently<Answer>(read: () => Promise<Answer>, readsMax = 2): Promise<Answer> {
  const reads: Promise<Answer>[] = [];
  try {
    for (;;) {
      reads.push(read());
      const answer = Promise.any(reads);
      if (reads.length === readsMax || (await endsInTime(answer, patience))) return await answer;
    }
  } catch (error) {
    // The first one's says what happened; those behind it may only have found no connection.
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}
