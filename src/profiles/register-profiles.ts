import type { Tx } from '../kernel/db/database.ts';
import type { Profile, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { Fact } from '../kernel/events/append-events.ts';
import { newId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { profileFact } from './events.ts';
import { detailsOf, expireProfileTimer, expiryCheckAt, isStoring } from './model.ts';
import { insertProfiles } from './sql/insert-profiles.ts';
import { takeWishes } from './sql/take-wishes.ts';

/** An attempt that came into another state. */
export type Decided = { readonly transaction: Transaction; readonly merchantId: string; readonly at: Date };

/**
 * Stores the instruments of attempts that have their money, or hold it: what a payer wanted stored becomes a profile,
 * which its card's last month will end. An attempt that was refused or failed takes its wish with it. A customer may
 * have several: the shop tells them apart by their labels, and an earlier one stays as it is.
 * @returns the facts to tell, after those of the attempts.
 */
export async function registerProfiles(tx: Tx, decided: readonly Decided[]): Promise<Fact[]> {
  const over = new Map(decided.filter(isDecided).map((one) => [one.transaction.id, one]));
  const wishes = await takeWishes(tx, [...over.keys()]);
  const made = wishes.flatMap(({ transactionId: firstTransactionId, ...wish }) => {
    const one = over.get(firstTransactionId);
    if (!one || !hasMoney(one)) return [];
    const { at, merchantId } = one;
    const times = { createdAt: at, updatedAt: at };
    const profile: Profile = { ...wish, id: newId(at), status: 'ACTIVE', firstTransactionId, ...times };
    return [{ profile, at, merchantId }];
  });
  await insertProfiles(
    tx,
    made.map(({ profile }) => profile),
  );
  await setTimers(
    tx,
    made.map(({ profile, merchantId }) => ({
      kind: expireProfileTimer,
      subject: profile.id,
      merchantId,
      dueAt: expiryCheckAt(detailsOf(profile)),
    })),
  );
  return made.map(({ profile, at }) => profileFact(profile, at));
}

/** One that was cancelled may be paid all the same, so its wish stays. */
function isDecided(one: Decided): boolean {
  const { channel, status, profileId } = one.transaction;
  return isStoring(channel) && profileId === null && (hasMoney(one) || status === 'REJECTED' || status === 'ERROR');
}

function hasMoney({ transaction: { status } }: Decided): boolean {
  return status === 'AUTHORIZED' || status === 'SETTLED';
}
