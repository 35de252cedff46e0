import { type Actor, maySee } from '../auth/actor.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import type { Profile } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput, NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import { parseText } from '../kernel/text.ts';
import type { ShopFinder } from '../shops/find-shop.ts';
import type { Shop } from '../shops/model.ts';
import { customerIdPattern } from './model.ts';
import { readProfiles } from './store.ts';

/**
 * Finds a stored instrument and its shop on behalf of an actor.
 * @param wish.field the path of the input that names it.
 * @throws NotFound when there is none that the actor may see.
 */
export async function findVisibleProfile(
  deps: { readonly database: Database; readonly shops: ShopFinder },
  actor: Actor,
  wish: { readonly id: string; readonly field: readonly string[] },
): Promise<{ profile: Profile; shop: Shop }> {
  const { field } = wish;
  const id = parseId(wish.id, 'stored instrument', field);
  const [profile] = await inTransaction(deps.database, (tx) => readProfiles(tx, [id]));
  const shop = profile && (await deps.shops.find(profile.shopId));
  if (!profile || !shop || !maySee(actor, shop)) {
    throw new NotFound('No stored instrument with this id belongs to you.', field);
  }
  return { profile, shop };
}

/**
 * Takes the shop's own name of a payer.
 * @throws InvalidInput when it has other characters, or more than 100.
 */
export function parseCustomerId(text: string, field: readonly string[]): string {
  if (customerIdPattern.test(text)) return text;
  throw new InvalidInput('The name of a customer has 1 to 100 letters (A-Z, a-z), digits, _ and -.', field);
}

/**
 * Takes the key of a bank app, which is kept until its charge is decided. One that no app of the alias has is good too: the bank
 * refuses it.
 * @throws InvalidInput when it is empty or longer than 100 characters, or holds a card number or control characters.
 */
export function parseAppKey(key: string, field: readonly string[]): string {
  return parseText(key, field, { max: 100 });
}
