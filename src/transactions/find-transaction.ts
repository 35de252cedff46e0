import { type Actor, maySee } from '../auth/actor.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import type { ShopFinder } from '../shops/find-shop.ts';
import type { Shop } from '../shops/model.ts';
import { readTransactions } from './store.ts';

/**
 * Finds a transaction and its shop on behalf of an actor.
 * @throws NotFound when there is none that the actor may see.
 */
export async function findVisibleTransaction(
  deps: { readonly database: Database; readonly shops: ShopFinder },
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
