import type { Actor } from '../auth/actor.ts';
import { type Database, read } from '../kernel/db/database.ts';
import type { Prisma } from '../kernel/db/generated/prisma/client.ts';
import { ibanOf, type Share } from './model.ts';

/** The part of a where clause that keeps a reader to the recipients of his merchant, or of his shop. */
export function visibleRecipients(actor: Actor): Prisma.RecipientWhereInput {
  const ofMerchant = { merchantId: actor.merchantId };
  return actor.shopId === undefined ? ofMerchant : { ...ofMerchant, shares: { some: { shopId: actor.shopId } } };
}

/** Gives the places, from 0 on, of the shares whose accounts no call with a key or a token of the merchant has named. */
export async function findUnconfirmed(
  database: Database,
  merchantId: string,
  shares: readonly Share[],
): Promise<readonly number[]> {
  if (shares.length === 0) return [];
  const ibans = shares.map(ibanOf);
  const confirmed = await read<{ iban: string }>(database, {
    name: 'read-confirmed-recipients',
    text: 'select iban from recipient where merchant_id = $1::text and iban = any($2::text[]) and is_confirmed',
    values: [merchantId, ibans],
  });
  const known = new Set(confirmed.map(({ iban }) => iban));
  return ibans.flatMap((iban, place) => (known.has(iban) ? [] : [place]));
}
