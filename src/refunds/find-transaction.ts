import { type Actor, maySee } from '../auth/actor.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import type { Shop } from '../shops/model.ts';
import { readTransactions } from '../transactions/store.ts';
import type { RefundDeps } from './deps.ts';

/**
 * Finds a transaction and its shop on behalf of an actor.
 * @throws NotFound when there is none that the actor may see.
 */
export async function findVisibleTransaction(
  deps: Pick<RefundDeps, 'database' | 'shops'>,
  actor: Actor,
  transactionId: string,
): Promise<{ transaction: Transaction; shop: Shop }> {
  const id = parseId(transactionId, 'transaction', ['transactionId']);
  const [transaction] = await inTransaction(deps.database, (tx) => readTransactions(tx, [id]));
  const shop = transaction && (await deps.shops.find(transaction.shopId));
  if (!transaction || !shop || !maySee(actor, shop)) {
    throw new NotFound('No transaction with this id belongs to you.', ['transactionId']);
  }
  return { transaction, shop };
}
