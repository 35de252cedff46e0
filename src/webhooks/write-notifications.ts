import type { Database } from '../kernel/db/database.ts';
import { type FactPlace, readFacts } from './sql/read-log.ts';
import { tellFact } from './tell-fact.ts';

/**
 * Writes what a webhook says of the facts at these places, byte for byte, in their order, in one statement: null for a fact
 * that the shop is told nothing of. Whether anybody may read the log of a shop is not asked here.
 */
export async function writeNotifications(
  { database, publicUrl }: { readonly database: Database; readonly publicUrl: string },
  places: readonly FactPlace[],
): Promise<(string | null)[]> {
  const facts = await readFacts(database, places);
  const bodies = new Map(
    facts.map((fact) => {
      const notificationUrl = fact.notificationUrl ?? fact.shopNotificationUrl ?? '';
      return [keyOf(fact), tellFact(fact, { ...fact, publicUrl, notificationUrl })];
    }),
  );
  return places.map((place) => bodies.get(keyOf(place)) ?? null);
}

function keyOf({ shopId, number }: FactPlace): string {
  return `${shopId} ${number}`;
}
