import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { after, systemClock } from '../kernel/clock.ts';
import { inTransaction, openDatabase, type Tx } from '../kernel/db/database.ts';
import { Refusal } from '../kernel/errors.ts';
import { StartError } from '../kernel/start-error.ts';
import { createOperatorKey, revokeOperatorKey } from '../operator/create-operator-key.ts';
import { explainMissingTable, findDatabase } from './find-database.ts';

const usage = 'Usage: npm run operator:key -- --name "Anna Nowak" [--days 90], or --revoke ID';
const dayMs = 86_400_000;

type Wish = { readonly revoke: string } | { readonly name: string; readonly days: number | undefined };

/** @throws StartError when the command is used wrongly. */
function readWish(): Wish | 'help' {
  const { name, days, revoke, help } = readOptions();
  if (help) return 'help';
  if (revoke !== undefined && name === undefined) return { revoke };
  if (name === undefined || revoke !== undefined) throw new StartError(`--name or --revoke is needed.\n${usage}`);
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
    throw new StartError('--days takes a whole number, 1 to 9999.');
  return { name, days: days === undefined ? undefined : Number(days) };
}

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({ options: { name: text, days: text, revoke: text, help: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${usage}`);
  }
}

async function carryOut(wish: Wish): Promise<readonly string[]> {
  const config = readConfig();
  const database = openDatabase({ url: await findDatabase(config), connectionsMax: 1 });
  const mode = config.mode === 'sandbox' ? 'test' : 'live';
  try {
    return await inTransaction(database, (tx) => obey(tx, wish, mode));
  } catch (error) {
    if (error instanceof Refusal) throw new StartError(error.message);
    throw explainMissingTable(error);
  } finally {
    await database.close();
  }
}

async function obey(tx: Tx, wish: Wish, mode: 'test' | 'live'): Promise<readonly string[]> {
  if ('revoke' in wish) {
    await revokeOperatorKey(tx, { clock: systemClock }, wish.revoke);
    return [`${wish.revoke} is revoked.`];
  }
  const expiresAt = wish.days === undefined ? undefined : after(systemClock.now(), { ms: wish.days * dayMs });
  const { id, secret } = await createOperatorKey(tx, { clock: systemClock, mode }, { name: wish.name, expiresAt });
  return [`Id:  ${id}`, `Key: ${secret}`, 'The key is not shown again. --revoke with the id ends it.'];
}

// `npm run operator:key`: makes or revokes a key for somebody at the bank. It ends with 0 when that is done, with 2 when not.
try {
  const wish = readWish();
  console.log(wish === 'help' ? usage : (await carryOut(wish)).join('\n'));
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 2;
}
