import { createSeal, openIfOurs, secretCheck } from '../seal.ts';
import { StartError } from '../start-error.ts';
import { type Database, inTransaction, type Tx } from './database.ts';

/** So many of the newest sealed rows are tried where no check value is kept. */
const triedMax = 100;

/**
 * Demands that the secret is that with which this database is used, since with another nothing that was sealed can be read.
 * The first process leaves its check value for those after it, if it can read what is sealed already; of several that start
 * at once all but one compare.
 * @throws StartError in one line.
 */
export async function requireSecret(database: Database, secret: string): Promise<void> {
  const ours = secretCheck(secret);
  const isRight = await inTransaction(database, async (tx) => {
    if (!(await readCheck(tx)) && (await opensWhatIsSealed(tx, secret))) {
      // Waits for another that is just writing one; what it wrote is seen by the next statement.
      await tx.query({
        name: 'insert-secret-check',
        text: 'insert into secret_check (value) values ($1) on conflict do nothing',
        values: [ours],
      });
    }
    return (await readCheck(tx))?.equals(ours) === true;
  });
  if (isRight) return;
  throw new StartError(
    'The secret is another than that of this database; set BRAMKA_SECRET to the same for all its processes (a sandbox that ' +
      'was given none keeps it in the file `secret` of its BRAMKA_DATA_DIR). If it is lost, see `npm run secret:replace -- --help`.',
  );
}

/** Has the database go with another secret from now on. What was sealed with the one before cannot be read any more. */
export async function replaceSecret(tx: Tx, secret: string): Promise<void> {
  await tx.query({
    name: 'replace-secret-check',
    text: 'insert into secret_check (value) values ($1) on conflict ("only") do update set value = excluded.value',
    values: [secretCheck(secret)],
  });
}

async function readCheck(tx: Tx): Promise<Buffer | undefined> {
  const [row] = await tx.query<{ value: Buffer }>({
    name: 'read-secret-check',
    text: 'select value from secret_check',
    values: [],
  });
  return row?.value;
}

/** A database that is older than its check, or was restored, may have much that is sealed, with whatever secret. */
async function opensWhatIsSealed(tx: Tx, secret: string): Promise<boolean> {
  const rows = await tx.query<{ sealed: Uint8Array; shopId: string }>({
    name: 'read-sealed-keys',
    text: 'select sealed, shop_id as "shopId" from service_key order by created_at desc limit $1',
    values: [triedMax],
  });
  const seal = createSeal(secret);
  return rows.length === 0 || rows.some(({ sealed, shopId }) => openIfOurs(seal, sealed, shopId) !== undefined);
}
