import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { findShopsOfPayouts } from '../payouts/store.ts';
import { findOwnersOf } from '../transactions/store.ts';
import type { TransferDeps } from './deps.ts';
import { readParts } from './sql/write-parts.ts';
import { lockEntry, readEntries } from './store.ts';

/** What verbs of operators are given. */
export type OperatorDeps = Pick<TransferDeps, 'clock' | 'log'> & { readonly operator: Operator };

/**
 * Locks an entry that an operator decides on, and before it the shops whose attempts it has paid, those of the payout that it
 * names and others that are concerned: shops first, as everywhere.
 * @throws NotFound when there is no such entry; WrongState when nothing of it is held, or waits for the rest.
 */
export function holdEntry(tx: Tx, entryId: string, shopIds: readonly string[] = []): Promise<StatementEntry> {
  return lockOne(tx, { entryId, shopIds, require: requireHeld });
}

/**
 * Locks an entry that was dismissed, as `holdEntry` does one that is held.
 * @throws NotFound when there is no such entry; WrongState when it is not dismissed.
 */
export function lockDismissed(tx: Tx, entryId: string): Promise<StatementEntry> {
  return lockOne(tx, { entryId, shopIds: [], require: requireDismissed });
}

async function lockOne(
  tx: Tx,
  wish: {
    readonly entryId: string;
    readonly shopIds: readonly string[];
    readonly require: (entry: StatementEntry) => StatementEntry;
  },
): Promise<StatementEntry> {
  const { entryId, shopIds, require } = wish;
  const [found] = await readEntries(tx, [entryId]);
  if (!found) throw new NotFound('There is no transfer with this id.', ['transferId']);
  require(found);
  const parts = await readParts(tx, entryId);
  const { shopIds: paid } = await findOwnersOf(tx, [
    ...parts.map(({ transactionId }) => transactionId),
    ...(found.transactionId === null ? [] : [found.transactionId]),
  ]);
  const named = found.payoutId === null ? [] : await findShopsOfPayouts(tx, [found.payoutId]);
  await lockShops(tx, [...paid, ...named, ...shopIds]);
  const entry = await lockEntry(tx, entryId);
  if (entry?.updatedAt.getTime() !== found.updatedAt.getTime()) {
    throw new WrongState('The transfer has been moved this very moment; look at it again.');
  }
  return require(entry);
}

/** One that waits to be booked is locked before its shops, so whoever decides must not wait for it. */
function requireHeld(entry: StatementEntry): StatementEntry {
  if (entry.status === 'HELD' || entry.status === 'PARTIAL') return entry;
  throw new WrongState(`Nothing of this transfer is held: it is ${entry.status}.`);
}

function requireDismissed(entry: StatementEntry): StatementEntry {
  if (entry.status === 'DISMISSED') return entry;
  throw new WrongState(`Nobody has dismissed this transfer: it is ${entry.status}.`);
}

/** Keeps in the audit log what an operator decided on an entry. */
export async function auditEntry(
  tx: Tx,
  { clock, operator }: OperatorDeps,
  decided: { readonly action: string; readonly entry: StatementEntry; readonly data: object },
): Promise<void> {
  const { action, entry, data } = decided;
  await appendEntry(tx, {
    ...{ at: clock.now(), merchantId: null, actor: `operator:${operator.keyId}`, action },
    ...{ subject: `transfer:${entry.id}`, data },
  });
}
