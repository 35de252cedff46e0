import { type Day, midnight } from '../calendar/model.ts';
import { DatabaseUnavailable, inTransaction, type Tx } from '../kernel/db/database.ts';
import type { Payout } from '../kernel/db/generated/prisma/client.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { newId } from '../kernel/ids.ts';
import { payoutMade } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import type { PayoutDeps } from './deps.ts';
import { payoutFacts } from './events.ts';
import { currenciesOn, decidePayout, lastRunDay, nextRunDay, runAt, scheduleOf } from './model.ts';
import { endRun } from './sql/end-run.ts';
import { type DueMerchant, findDueMerchants } from './sql/find-due-merchants.ts';
import { findPayableAccounts, type PayableAccount } from './sql/find-payable-accounts.ts';
import { insertPayouts } from './sql/insert-payouts.ts';
import { type MeasuredAccount, measureAccounts } from './sql/measure-accounts.ts';

/** Merchants of one run that are gone through together. */
const merchantsAtOnce = 500;
/** Accounts that are paid in one transaction; their shops wait for it. */
const accountsAtOnce = 100;

/** One day's run for merchants whose clocks have come to it. */
type Run = { readonly day: Day; readonly dueAt: Date | null; readonly merchants: readonly DueMerchant[] };

/** Accounts that are paid for a day. */
type Batch = { readonly day: Day; readonly accounts: readonly PayableAccount[] };

/** How many payouts were made, and the merchants who have an account whose payout failed. */
type Outcome = { readonly made: number; readonly failedFor: readonly string[] };

/**
 * Pays out whatever is due: for every merchant whose next run has come, what his shops and recipients were owed at the
 * last midnight, in the currencies whose bank day it is. Days that were missed are made up for, each as its own. Killed
 * at any point and run again, or run by several processes at once, it pays every movement exactly once: what is paid is
 * locked, and each payout begins behind the one before it. An account whose payout fails keeps no other one from being
 * paid: it is tried again by the next call, and once a later run of its merchant is due, with that one.
 * @returns how many payouts were made.
 * @throws DatabaseUnavailable when the database cannot be reached; what was paid until then stays so.
 */
export async function runPayouts(deps: PayoutDeps): Promise<number> {
  let made = 0;
  const leftOut: string[] = [];
  for (;;) {
    const wish = { now: deps.clock.now(), except: leftOut, max: merchantsAtOnce };
    const due = await findDueMerchants(deps.database, wish);
    const run = firstRun(deps, due);
    if (!run) return made;
    const paid = await payRun(deps, run);
    made += paid.made;
    const nextAt = runAt(nextRunDay(run.day));
    const failedFor = new Set(paid.failedFor);
    // A day whose successor has come is over for all: the later run takes up what failed, and pays the merchant's others.
    const isOpen = (merchant: DueMerchant): boolean => failedFor.has(merchant.id) && deps.clock.now(merchant) < nextAt;
    const open = idsOf(run.merchants.filter(isOpen));
    leftOut.push(...open);
    const merchantIds = idsOf(run.merchants).filter((id) => !open.includes(id));
    await inTransaction(deps.database, (tx) => endRun(tx, { merchantIds, dueAt: run.dueAt, nextAt }));
  }
}

const idsOf = (merchants: readonly DueMerchant[]): string[] => merchants.map(({ id }) => id);

/** The merchants of the earliest run among these. One who never had a run begins with the last that was due. */
function firstRun({ clock }: PayoutDeps, due: readonly DueMerchant[]): Run | undefined {
  const [first] = due;
  if (!first) return undefined;
  const dayOfRun = (merchant: DueMerchant): Day => lastRunDay(merchant.dueAt ?? clock.now(merchant));
  const day = dayOfRun(first);
  const isSame = (merchant: DueMerchant): boolean =>
    merchant.dueAt?.getTime() === first.dueAt?.getTime() && dayOfRun(merchant).equals(day);
  return { day, dueAt: first.dueAt, merchants: due.filter(isSame) };
}

async function payRun(deps: PayoutDeps, { day, merchants }: Run): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  let last = 0n;
  for (;;) {
    const wish = { merchantIds: idsOf(merchants), currencies: currenciesOn(day), after: last, max: accountsAtOnce };
    const accounts = await findPayableAccounts(deps.database, wish);
    outcomes.push(await paySome(deps, { day, accounts }));
    last = accounts.at(-1)?.id ?? last;
    if (accounts.length < accountsAtOnce) return sumOf(outcomes);
  }
}

function sumOf(outcomes: readonly Outcome[]): Outcome {
  const made = outcomes.reduce((sum, outcome) => sum + outcome.made, 0);
  return { made, failedFor: outcomes.flatMap(({ failedFor }) => failedFor) };
}

/** Pays accounts in one transaction; when that fails its halves by themselves, so that what cannot be paid fails alone. */
async function paySome(deps: PayoutDeps, batch: Batch): Promise<Outcome> {
  const { day, accounts } = batch;
  const [first, ...others] = accounts;
  if (!first) return { made: 0, failedFor: [] };
  try {
    return { made: await inTransaction(deps.database, (tx) => payAccounts(tx, deps, batch)), failedFor: [] };
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error;
    if (others.length === 0) {
      const { merchantId, accountOwner, currency } = first;
      const account = { merchantId, accountOwner, currency, day: day.toString() };
      deps.log.error({ err: error, ...account }, 'a balance cannot be paid out: its payout failed, and is tried again');
      return { made: 0, failedFor: [merchantId] };
    }
    const half = Math.ceil(accounts.length / 2);
    const before = await paySome(deps, { day, accounts: accounts.slice(0, half) });
    return sumOf([before, await paySome(deps, { day, accounts: accounts.slice(half) })]);
  }
}

async function payAccounts(tx: Tx, deps: PayoutDeps, { day, accounts }: Batch): Promise<number> {
  await lockShops(
    tx,
    accounts.flatMap((account) => account.shopIds),
  );
  const measured = await measureAccounts(tx, {
    accountIds: accounts.map((account) => account.id),
    day: day.toString(),
    before: midnight(day),
    now: deps.clock.now(),
  });
  const payouts = measured.flatMap((account) => payoutOf(deps, day, account) ?? []);
  await insertPayouts(tx, payouts);
  await writePostings(tx, payouts.flatMap(payoutMade));
  await appendEvents(
    tx,
    payoutFacts(payouts, (payout) => payout.createdAt),
  );
  return payouts.length;
}

function payoutOf({ clock, log }: PayoutDeps, day: Day, account: MeasuredAccount): Payout | undefined {
  // Two payouts would begin at the same place. What is given back or was kept back alone waits for the next posting.
  if (account.postingsThrough === account.postingsAfter) return undefined;
  const sums = decidePayout(account, account.currency);
  if (!sums) return undefined;
  const { merchantId, shopId, recipientId, currency, iban, heldById, inDoubtId } = account;
  const obstacle = obstacleTo(account);
  if (iban === null || obstacle !== undefined) {
    const payoutId = inDoubtId ?? undefined;
    log.error({ merchantId, shopId, recipientId, currency, payoutId }, obstacle);
    return undefined;
  }
  if (heldById !== null) {
    // No alarm: whoever has the account is to name another one.
    log.warn({ merchantId, shopId, recipientId, currency, payoutId: heldById }, cameBack);
    return undefined;
  }
  const now = clock.now({ clockOffsetMs: Number(account.clockOffsetMs) });
  return {
    ...{ id: newId(now), merchantId, accountOwner: shopId ?? recipientId ?? '', shopId, recipientId, currency },
    ...{ businessDay: new Date(`${day.toString()}T00:00:00Z`), status: 'SCHEDULED', iban, ...sums },
    ...{ postingsAfter: account.postingsAfter, postingsThrough: account.postingsThrough },
    ...{ commissionsAfter: account.commissionsAfter, commissionsThrough: account.commissionsThrough },
    ...{ adjustmentsAfter: account.adjustmentsAfter, adjustmentsThrough: account.adjustmentsThrough },
    ...{ ...scheduleOf(currency, now), createdAt: now, updatedAt: now },
    ...{
      sentAt: null,
      settledAt: null,
      returnedAt: null,
      returnReason: null,
      bankFileId: null,
      resumedAt: null,
      reinstatedAt: null,
    },
  };
}

/** Why a balance waits for another account, or for an operator. */
const cameBack =
  'a balance is not paid out: a payout to its account came back, so it waits for another account or resumePayouts';

/** Why a balance stays where it is until somebody has looked into it. */
function obstacleTo({ iban, unknown, inDoubtId }: MeasuredAccount): string | undefined {
  if (unknown !== 0n) return 'a balance cannot be paid out: it was moved by a kind of posting that payouts do not know';
  if (inDoubtId !== null) {
    return 'a balance is not paid out: a debit says that the bank executed a payout of it that was cancelled or came back, so assign it in heldTransfers to that payout, or to the transfer that brings the money back';
  }
  return iban === null
    ? 'a balance cannot be paid out: its merchant has no payout account for this currency'
    : undefined;
}
