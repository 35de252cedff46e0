import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { readShopStates } from '../shops/sql/read-shop-states.ts';
import { type Movement, type MovementTable, readMovement } from '../transactions/sql/keep-movements.ts';
import { readTransactions } from '../transactions/store.ts';
import { lockTurnovers } from './book-money.ts';

/**
 * Reads a capture or void with its transaction, after its shop was locked and, where his turnover is counted, its
 * merchant: the word may settle the transaction.
 * @param wanted.acquirer who spoke of it on its own account; it must be the transaction's.
 * @throws NotFound when there is none with this id, or it is another acquirer's.
 */
export async function readMoved(
  tx: Tx,
  clock: Clock,
  wanted: { readonly table: MovementTable; readonly id: string; readonly acquirer?: string },
): Promise<{ readonly row: Movement; readonly transaction: Transaction; readonly now: Date }> {
  const { table, id } = wanted;
  const found = await readMovement(tx, table, id);
  if (found) await lockShops(tx, [found.shopId]);
  // Again, since it may have changed while we waited for the lock.
  const row = found && (await readMovement(tx, table, id));
  const [transaction] = row ? await readTransactions(tx, [row.transactionId]) : [];
  if (!row || !transaction || (wanted.acquirer !== undefined && wanted.acquirer !== transaction.acquirer)) {
    throw new NotFound(`No ${table} has this id.`, ['reference']);
  }
  const shops = await readShopStates(tx, [row.shopId]);
  await lockTurnovers(tx, clock, shops.values());
  return { row, transaction, now: clock.now(shops.get(row.shopId)) };
}
