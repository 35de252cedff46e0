import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import { parseText } from '../kernel/text.ts';
import { auditEntry, holdEntry, type OperatorDeps } from './hold-entry.ts';
import { moveEntries } from './sql/move-entries.ts';

/**
 * Ends the search for what money that went out was for, since it is none of the gateway's: a fee of the bank, say. Nothing
 * is posted.
 * @throws NotFound; InvalidInput without a reason or with one of more than 500 characters; WrongState when it is not held,
 * or is money that came: that is somebody's, and is assigned or returned.
 */
export async function dismissTransfer(
  tx: Tx,
  deps: OperatorDeps,
  wish: { readonly entryId: string; readonly reason: string },
): Promise<StatementEntry> {
  const reason = parseText(wish.reason.trim(), 'reason', { max: 500 });
  const entry = await holdEntry(tx, wish.entryId);
  if (entry.direction === 'CREDIT') {
    throw new WrongState('This money came in, and is somebody’s: assign it, or return it.');
  }
  const row: StatementEntry = { ...entry, status: 'DISMISSED', reason: null, updatedAt: deps.clock.now() };
  await moveEntries(tx, [{ was: entry.status, row }]);
  await auditEntry(tx, deps, { action: 'DISMISS_TRANSFER', entry, data: { reason } });
  return row;
}
