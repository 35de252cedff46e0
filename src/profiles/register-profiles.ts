import type { BankApp } from '../acquirers/port.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Profile, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { Fact } from '../kernel/events/append-events.ts';
import { newId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { profileFact } from './events.ts';
import { cardOf, expireProfileTimer, expiryCheckAt, isStoring, withApps } from './model.ts';
import { insertProfiles } from './sql/insert-profiles.ts';
import { takeWishes } from './sql/take-wishes.ts';

/** An attempt that came into another state. */
export type Decided = {
  readonly transaction: Transaction;
  readonly merchantId: string;
  readonly at: Date;
  /** The bank apps that hold the alias which it registered. */
  readonly apps?: readonly BankApp[] | undefined;
};

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
    const { at, merchantId, apps = [] } = one;
    const alias = wish.method === 'BLIK' ? withApps(wish, apps) : {};
    const rest = { id: newId(at), status: 'ACTIVE', firstTransactionId, createdAt: at, updatedAt: at } as const;
    const profile: Profile = { ...wish, ...alias, ...rest };
    return [{ profile, at, merchantId }];
  });
  await insertProfiles(
    tx,
    made.map(({ profile }) => profile),
  );
  await setTimers(
    tx,
    made.flatMap(({ profile, merchantId }) => {
      const card = cardOf(profile);
      const timer = { kind: expireProfileTimer, subject: profile.id, merchantId };
      return card ? [{ ...timer, dueAt: expiryCheckAt(card) }] : [];
    }),
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
