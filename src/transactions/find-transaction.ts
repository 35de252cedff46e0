import { type Actor, maySee } from '../auth/actor.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import type { ShopFinder } from '../shops/find-shop.ts';
import type { Shop } from '../shops/model.ts';
import { findTransaction } from './store.ts';

type Deps = { readonly database: Database; readonly shops: ShopFinder };
type Found = { readonly transaction: Transaction; readonly shop: Shop };

/** Finds a transaction and its shop on behalf of an actor; undefined when there is none that the actor may see. */
export async function seekVisibleTransaction(deps: Deps, actor: Actor, id: string): Promise<Found | undefined> {
  const transaction = await findTransaction(deps.database, id);
  const shop = transaction && (await deps.shops.find(transaction.shopId));
  return transaction && shop && maySee(actor, shop) ? { transaction, shop } : undefined;
}

/**
 * Finds a transaction and its shop on behalf of an actor.
 * @throws NotFound when there is none that the actor may see.
 */
export async function findVisibleTransaction(deps: Deps, actor: Actor, transactionId: string): Promise<Found> {
  const found = await seekVisibleTransaction(deps, actor, parseId(transactionId, 'transaction', ['transactionId']));
  if (!found) throw new NotFound('No transaction with this id belongs to you.', ['transactionId']);
  return found;
}
