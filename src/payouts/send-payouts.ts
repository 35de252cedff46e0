import { createHash } from 'node:crypto';
import { inTransaction, type Tx } from '../kernel/db/database.ts';
import type { BankFile } from '../kernel/db/generated/prisma/client.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { newId, withoutHyphens } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { type CreditTransfer, type PartyAddress, writePain001 } from '../statements/write-pain001.ts';
import type { BankFileDeps, SettlementAccount } from './deps.ts';
import { executionDayOf, scheduleOf, sessionOf } from './model.ts';
import { insertBankFile } from './sql/bank-files.ts';
import {
  findPayoutsToSend,
  findWaitingGroups,
  mayAllBeSent,
  type PayoutToSend,
  type WaitingGroup,
} from './sql/find-waiting-payouts.ts';
import { findShopsOfPayouts, readPayouts } from './store.ts';
import { writeMoves } from './write-moves.ts';

/** What was sent, and what could not be. */
export type SentPayouts = {
  /** How many files were made. */
  readonly made: number;
  /** Currencies whose payouts wait since we have no account to pay them from. */
  readonly withoutAccount: readonly Currency[];
};

/**
 * Hands payouts to the bank, by files that are kept and fetched or written from there (`write-bank-files.ts`): for each
 * currency and session those whose time has come, in as many files as they need. Each file is kept in the transaction in
 * which its payouts become SENT, by compare-and-set, so killed at any point and run again, or run by several processes at
 * once, every payout is in exactly one file. Payouts whose session is over go into the next one, and are expected with it.
 * One that a bank's held movement on our account names does not go out until an operator has decided what that is, and one
 * that a movement names which is kept and not booked yet waits for that. So does one to an account from which another came
 * back, one to an owner of whose cancelled or returned payout a debit is told, and one whose money such an owner has had by it.
 */
export async function sendPayouts(deps: BankFileDeps): Promise<SentPayouts> {
  let made = 0;
  const withoutAccount = new Set<Currency>();
  for (const group of await findWaitingGroups(deps.database, deps.clock.now())) {
    const account = deps.bankFiles.accounts[group.currency];
    if (account) made += await makeFilesOf(deps, group, account);
    else withoutAccount.add(group.currency);
  }
  return { made, withoutAccount: [...withoutAccount] };
}

async function makeFilesOf(deps: BankFileDeps, group: WaitingGroup, account: SettlementAccount): Promise<number> {
  let made = 0;
  for (;;) {
    const now = deps.clock.now(group);
    const late = scheduleOf(group.currency, now).expectedAt;
    const max = deps.bankFiles.transactionsMax;
    const found = await findPayoutsToSend(deps.database, { ...group, now, late, max });
    const [first] = found;
    if (!first) return made;
    const sessionFor = ({ expectedAt }: PayoutToSend): Date => sessionOf({ currency: group.currency, expectedAt }, now);
    const sessionAt = sessionFor(first);
    const payouts = found.filter((payout) => sessionFor(payout).getTime() === sessionAt.getTime());
    // Written before anything is locked: shops that sell need not wait for it.
    const file = fileOf({ currency: group.currency, sessionAt, now }, account, payouts);
    if (await inTransaction(deps.database, (tx) => handOver(tx, file, payouts))) made += 1;
  }
}

type FileMoments = { readonly currency: Currency; readonly sessionAt: Date; readonly now: Date };

function fileOf(
  { currency, sessionAt, now }: FileMoments,
  account: SettlementAccount,
  payouts: readonly PayoutToSend[],
): BankFile {
  const id = newId(now);
  const executionDay = executionDayOf(currency, { sessionAt, now }).toString();
  const content = writePain001({
    ...{ id: withoutHyphens(id), createdAt: now, currency, executionDay },
    debtor: { name: account.name, address: account, iban: account.iban, bic: account.bic },
    transfers: payouts.map(transferOf),
  });
  return {
    ...{ id, currency, status: 'MADE', sessionAt, executionDay: new Date(`${executionDay}T00:00:00Z`) },
    ...{ transactions: payouts.length, sum: payouts.reduce((sum, { net }) => sum + net, 0n), content },
    sha256: new Uint8Array(createHash('sha256').update(content).digest()),
    ...{ createdAt: now, updatedAt: now },
    ...{ writeStartedAt: null, writtenAt: null, rejectedAt: null, rejectionReason: null },
  };
}

function transferOf(payout: PayoutToSend): CreditTransfer {
  const endToEndId = withoutHyphens(payout.id);
  return {
    endToEndId,
    amount: payout.net,
    creditor: { name: payout.name, address: addressOf(payout) },
    iban: payout.iban,
    title: `Wypłata ${payout.businessDay.toISOString().slice(0, 10)} ${endToEndId}`,
  };
}

/** The address of a receiver; undefined without a town, as that of every recipient of baskets. */
function addressOf({ street, postalCode, city, country }: PayoutToSend): PartyAddress | undefined {
  if (city === null) return undefined;
  return { street: street ?? undefined, postalCode: postalCode ?? undefined, city, country };
}

/**
 * Keeps a file and moves its payouts; false, with nothing done, when one of them went into another file meanwhile, the
 * bank told of a movement for it, or its account is held.
 */
async function handOver(tx: Tx, file: BankFile, sent: readonly PayoutToSend[]): Promise<boolean> {
  const ids = sent.map(({ id }) => id);
  await lockShops(tx, await findShopsOfPayouts(tx, ids));
  if (!(await mayAllBeSent(tx, ids))) return false;
  const payouts = await readPayouts(tx, ids);
  await insertBankFile(tx, file);
  const handed = { status: 'SENT', sentAt: file.createdAt, updatedAt: file.createdAt, bankFileId: file.id } as const;
  await writeMoves(
    tx,
    payouts.map((row) => ({ was: row.status, row: { ...row, ...handed, expectedAt: file.sessionAt } })),
  );
  return true;
}
