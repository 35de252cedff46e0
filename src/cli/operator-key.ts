import { type Config, readConfig } from '../config.ts';
import { after, systemClock } from '../kernel/clock.ts';
import { inTransaction, type Tx } from '../kernel/db/database.ts';
import { requireSameMode } from '../kernel/db/require-same-settings.ts';
import { Refusal } from '../kernel/errors.ts';
import { StartError } from '../kernel/start-error.ts';
import { createOperatorKey, revokeOperatorKey } from '../operator/create-operator-key.ts';
import { withDatabase } from './find-database.ts';
import { runCommand } from './run-command.ts';

const usage = 'Usage: npm run operator:key -- --name "Anna Nowak" [--days 90], or --revoke ID';
const dayMs = 86_400_000;

type Wish = { readonly revoke: string } | { readonly name: string; readonly days: number | undefined };

type Given = { readonly name?: string; readonly days?: string; readonly revoke?: string };

/** @throws StartError when the command is used wrongly. */
function toWish({ name, days, revoke }: Given): Wish {
  if (revoke !== undefined && name === undefined) return { revoke };
  if (name === undefined || revoke !== undefined) throw new StartError(`--name or --revoke is needed.\n${usage}`);
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
    throw new StartError('--days takes a whole number, 1 to 9999.');
  return { name, days: days === undefined ? undefined : Number(days) };
}

async function carryOut(wish: Wish): Promise<readonly string[]> {
  const config = readConfig();
  try {
    return await withDatabase(config, 'writes', (database) =>
      inTransaction(database, (tx) => obey(tx, wish, config.mode)),
    );
  } catch (error) {
    throw error instanceof Refusal ? new StartError(error.message) : error;
  }
}

async function obey(tx: Tx, wish: Wish, mode: Config['mode']): Promise<readonly string[]> {
  if ('revoke' in wish) {
    await revokeOperatorKey(tx, { clock: systemClock }, wish.revoke);
    return [`${wish.revoke} is revoked.`];
  }
  // In another mode than this the gateway would not take the key.
  await requireSameMode(tx, mode);
  const keyMode = mode === 'sandbox' ? 'test' : 'live';
  const expiresAt = wish.days === undefined ? undefined : after(systemClock.now(), { ms: wish.days * dayMs });
  const { id, secret } = await createOperatorKey(
    tx,
    { clock: systemClock, mode: keyMode },
    { name: wish.name, expiresAt },
  );
  return [`Id:  ${id}`, `Key: ${secret}`, 'The key is not shown again. --revoke with the id ends it.'];
}

// `npm run operator:key`: makes or revokes a key for somebody at the bank. It ends with 0 when that is done, with 2 when not.
await runCommand({
  usage,
  options: { name: { type: 'string' }, days: { type: 'string' }, revoke: { type: 'string' } },
  run: async (given) => {
    console.log((await carryOut(toWish(given))).join('\n'));
    return 0;
  },
});
