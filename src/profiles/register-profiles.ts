import type { Tx } from '../kernel/db/database.ts';
import type { Fact } from '../kernel/events/append-events.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { changeAliases } from './change-aliases.ts';
import { profileFact } from './events.ts';
import { cardOf, expireProfileTimer, expiryCheckAt, isStoring } from './model.ts';
import { type Decided, hasMoney, newProfile } from './new-profile.ts';
import { insertProfiles, noteProfiles } from './sql/insert-profiles.ts';
import { takeWishes } from './sql/take-wishes.ts';

/**
 * Stores the instruments of attempts that have their money, or hold it: what a payer wanted stored becomes a profile,
 * which its card's last month will end. An attempt that was refused or failed takes its wish with it. A customer may
 * have several cards: the shop tells them apart by their labels, and an earlier one stays as it is. An alias takes the place
 * of that which the same bank app held, and one that its bank declines expires.
 * @returns the facts to tell, after those of the attempts.
 */
export async function registerProfiles(tx: Tx, decided: readonly Decided[]): Promise<Fact[]> {
  const over = new Map(decided.filter(isDecided).map((one) => [one.transaction.id, one]));
  const wishes = await takeWishes(tx, [...over.keys()]);
  const kept = wishes.flatMap((wish) => {
    const one = over.get(wish.transactionId);
    return one ? [{ wish, one }] : [];
  });
  const cards = kept
    .filter(({ wish, one }) => wish.method === 'CARD' && hasMoney(one))
    .map(({ wish, one }) => ({ profile: newProfile(wish, one), transactionId: wish.transactionId, one }));
  const aliases = await changeAliases(
    tx,
    kept.filter(({ wish }) => wish.method === 'BLIK'),
  );
  await insertProfiles(tx, [...cards.map(({ profile }) => profile), ...aliases.made]);
  await noteProfiles(tx, [...cards, ...aliases.stored]);
  await setTimers(
    tx,
    cards.flatMap(({ profile, one: { merchantId } }) => {
      const card = cardOf(profile);
      const timer = { kind: expireProfileTimer, subject: profile.id, merchantId };
      return card ? [{ ...timer, dueAt: expiryCheckAt(card) }] : [];
    }),
  );
  return [...cards.map(({ profile }) => profile), ...aliases.moved].map((profile) =>
    profileFact(profile, profile.updatedAt),
  );
}

/** One that was cancelled may be paid all the same, so its wish stays. */
function isDecided(one: Decided): boolean {
  const { channel, status, profileId } = one.transaction;
  const keeps = isStoring(channel) && (profileId === null || channel === 'blik_oneclick');
  return keeps && (hasMoney(one) || status === 'REJECTED' || status === 'ERROR');
}
