import { secretCheck } from '../seal.ts';
import { StartError } from '../start-error.ts';
import { type Database, inTransaction } from './database.ts';

/**
 * Demands that the secret is that with which this database is used, since with another nothing that was sealed can be read.
 * The first process leaves its check value for those after it; of several that start at once all but one compare.
 * @throws StartError in one line.
 */
export async function requireSecret(database: Database, secret: string): Promise<void> {
  const ours = secretCheck(secret);
  const [known] = await inTransaction(database, async (tx) => {
    // Waits for another that is just writing one; what it wrote is seen by the next statement.
    await tx.query({
      name: 'insert-secret-check',
      text: 'insert into secret_check (value) values ($1) on conflict do nothing',
      values: [ours],
    });
    return tx.query<{ value: Buffer }>({
      name: 'read-secret-check',
      text: 'select value from secret_check',
      values: [],
    });
  });
  if (known?.value.equals(ours)) return;
  throw new StartError(
    'The secret is another than that of this database; set BRAMKA_SECRET to the same for all its processes (a sandbox that ' +
      'was given none keeps it in the file `secret` of its BRAMKA_DATA_DIR).',
  );
}
