import { createSeal, openIfOurs, secretCheck } from '../seal.ts';
import { StartError } from '../start-error.ts';
import { type Database, inTransaction, type Tx } from './database.ts';

type Mode = 'sandbox' | 'production';

/** What the database keeps of the settings that are the same for all its processes. */
type Kept = { readonly value: Buffer; readonly mode: Mode | null };

/** So many of the newest sealed rows are tried where no check value is kept. */
const triedMax = 100;

/**
 * Demands that the secret and the mode are those with which this database is used: with another secret nothing that was sealed
 * can be read, and in another mode real money would be simulated. The first process leaves them for those after it, if its
 * secret can read what is sealed already; of several that start at once all but one compare.
 * @throws StartError in one line.
 */
export async function requireSameSettings(
  database: Database,
  { secret, mode }: { readonly secret: string; readonly mode: Mode },
): Promise<void> {
  const ours = secretCheck(secret);
  const kept = await inTransaction(database, async (tx) => {
    const before = await readKept(tx);
    const mayLeave = before ? before.mode === null : await opensWhatIsSealed(tx, secret);
    if (!mayLeave) return before;
    await leaveSettings(tx, { value: ours, mode });
    return readKept(tx);
  });
  if (kept) requireMode(kept.mode, mode);
  if (kept?.value.equals(ours)) return;
  throw new StartError(
    'The secret is another than that of this database; set BRAMKA_SECRET to the same for all its processes (a sandbox that ' +
      'was given none keeps it in the file `secret` of its BRAMKA_DATA_DIR). If it is lost, see `npm run secret:replace -- --help`.',
  );
}

/** Demands that the database is used in this mode, if any process has left its own. @throws StartError in one line. */
export async function requireSameMode(tx: Tx, mode: Mode): Promise<void> {
  requireMode((await readKept(tx))?.mode ?? null, mode);
}

/** Has the database go with another secret from now on. What was sealed with the one before cannot be read any more. */
export async function replaceSecret(tx: Tx, secret: string): Promise<void> {
  await tx.query({
    name: 'replace-secret-check',
    text: 'insert into secret_check (value) values ($1) on conflict ("only") do update set value = excluded.value',
    values: [secretCheck(secret)],
  });
}

function requireMode(kept: Mode | null, mode: Mode): void {
  if (kept === null || kept === mode) return;
  throw new StartError(
    `The mode is ${mode}, and that of this database is ${kept}; set BRAMKA_MODE=${kept}, or take another database ` +
      '(DATABASE_URL, or BRAMKA_DATA_DIR for the embedded one).',
  );
}

async function readKept(tx: Tx): Promise<Kept | undefined> {
  const [row] = await tx.query<Kept>({
    name: 'read-secret-check',
    text: 'select value, mode from secret_check',
    values: [],
  });
  return row;
}

/** Writes them where there are none, and the mode where it is missing and the secret is the right one. */
async function leaveSettings(tx: Tx, { value, mode }: Kept): Promise<void> {
  // Waits for another that is just writing; what it wrote stays, and is seen by the next statement.
  await tx.query({
    name: 'leave-secret-check',
    text: `insert into secret_check (value, mode) values ($1, $2) on conflict ("only") do update set mode = excluded.mode
           where secret_check.mode is null and secret_check.value = excluded.value`,
    values: [value, mode],
  });
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
