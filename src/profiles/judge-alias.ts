import type { Profile, ProfileWish } from '../kernel/db/generated/prisma/client.ts';
import { appsOf, withApps } from './model.ts';

/** What is kept of an alias that pays, beside its token: the bank app, as far as it is known. */
type ChargeDetails = { readonly charges: string; readonly appKey?: string };

/**
 * What is kept of an alias until the attempt that it pays is decided.
 * @param attempt.token the alias that is sent. It was read before the lock, and the profile may have been renewed since: of the new
 * alias the bank's answer says nothing.
 */
export function chargeOf(
  { id: charges, shopId, customerId, kind, method, label }: Profile,
  attempt: { readonly transactionId: string; readonly token: string; readonly appKey: string | undefined },
): ProfileWish {
  const { transactionId, token, appKey } = attempt;
  const details: ChargeDetails = { charges, ...(appKey === undefined ? {} : { appKey }) };
  return { transactionId, shopId, customerId, kind, method, label, token, details };
}

/** The alias that an attempt charged; undefined when it registers one. */
export function chargedBy({ details }: Pick<ProfileWish, 'details'>): ChargeDetails | undefined {
  return 'charges' in (details as object) ? (details as unknown as ChargeDetails) : undefined;
}

/** The alias in whose place an attempt registers one; undefined when none was named. */
export function renewedAlias({ details }: Pick<ProfileWish, 'details'>): string | undefined {
  return (details as { readonly renews?: string }).renews;
}

/** Says whether the alias that an attempt registers only joins those of its customer, and takes no place among them. */
export function joinsOthers({ details }: Pick<ProfileWish, 'details'>): boolean {
  return (details as { readonly joins?: boolean }).joins === true;
}

/**
 * Puts a new alias beside those of its customer, all of which stay as they are: it is a profile of its own, with those of its
 * bank apps that hold no other active one.
 * @returns nothing when all of its apps hold one.
 */
export function joinAlias(known: readonly Profile[], fresh: Profile): readonly Profile[] {
  const active = known.filter(({ status }) => status === 'ACTIVE');
  const held = new Set(active.flatMap((alias) => appsOf(alias).map(({ key }) => key)));
  const apps = appsOf(fresh);
  const free = apps.filter(({ key }) => !held.has(key));
  return apps.length > 0 && free.length === 0 ? [] : [{ ...fresh, ...withApps(fresh, free) }];
}

/**
 * Lets a new alias take its place among those of its customer, so that no bank app holds two of them. One that it leaves nothing
 * of, or that is not active, is renewed and stays the same profile: that whose payer paid by a code, else one that the app held.
 * One that other apps hold as well keeps those. What the shop has ended stays ended.
 * @param known the aliases of the customer.
 * @param named the alias whose payer paid by a code.
 * @returns the new or renewed alias, and behind it others that changed.
 */
export function placeAlias(
  known: readonly Profile[],
  fresh: Profile,
  named: string | undefined,
): readonly [placed: Profile, ...changed: Profile[]] {
  const open = known.filter(({ status }) => status !== 'DEACTIVATED');
  const active = open.filter(({ status }) => status === 'ACTIVE');
  const isSame = (alias: Profile): boolean =>
    alias.id === named || othersOf(alias, fresh).length < appsOf(alias).length;
  const isFree = (alias: Profile): boolean => alias.status !== 'ACTIVE' || othersOf(alias, fresh).length === 0;
  const first = open.filter(({ id }) => id === named);
  const renewed = [...first, ...active, ...open].find((alias) => isSame(alias) && isFree(alias));
  const { token, label, details, firstTransactionId, updatedAt } = fresh;
  const placed: Profile = renewed
    ? { ...renewed, status: 'ACTIVE', token, label, details, firstTransactionId, updatedAt }
    : fresh;
  const changed = active.flatMap((alias) => {
    const others = othersOf(alias, fresh);
    return alias.id === placed.id || others.length === appsOf(alias).length ? [] : [withOnly(alias, others, updatedAt)];
  });
  return [placed, ...changed];
}

/**
 * Says what becomes of an alias that the bank declines: the app that paid holds it no more, and it expires with its last one.
 * @param charged the app that paid; undefined when it is not known, which tells of the whole alias.
 * @returns undefined when it stays as it is: it was renewed meanwhile, or the app never held it.
 */
export function declineAlias(
  alias: Profile,
  charged: { readonly token: string; readonly appKey?: string | undefined },
  now: Date,
): Profile | undefined {
  const { token, appKey } = charged;
  if (alias.status !== 'ACTIVE' || alias.token !== token) return undefined;
  const apps = appsOf(alias);
  const others = appKey === undefined ? [] : apps.filter(({ key }) => key !== appKey);
  return appKey !== undefined && others.length === apps.length ? undefined : withOnly(alias, others, now);
}

function othersOf(alias: Profile, fresh: Profile): ReturnType<typeof appsOf> {
  const taken = new Set(appsOf(fresh).map(({ key }) => key));
  return appsOf(alias).filter(({ key }) => !taken.has(key));
}

/** An alias that has expired keeps its apps, by which one that they register again is known for it. */
function withOnly(alias: Profile, apps: ReturnType<typeof appsOf>, updatedAt: Date): Profile {
  return apps.length === 0
    ? { ...alias, status: 'EXPIRED', updatedAt }
    : { ...alias, ...withApps(alias, apps), updatedAt };
}
