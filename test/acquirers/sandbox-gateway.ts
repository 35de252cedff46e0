import type { Acquirer, AcquirerNotification, MovementOrder } from '../../src/acquirers/port.ts';
import type { SandboxAcquirer } from '../../src/acquirers/sandbox/create-acquirer.ts';
import type { Deliver, SandboxDeps } from '../../src/acquirers/sandbox/deps.ts';
import { createSandboxBanks } from '../../src/acquirers/sandbox-banks/acquirer.ts';
import { createSandboxBlik } from '../../src/acquirers/sandbox-blik/acquirer.ts';
import { createSandboxCards } from '../../src/acquirers/sandbox-cards/acquirer.ts';
import { createSandboxLenders } from '../../src/acquirers/sandbox-lenders/acquirer.ts';
import { createSandboxLessors } from '../../src/acquirers/sandbox-lessors/acquirer.ts';
import { createSandboxTransfers } from '../../src/acquirers/sandbox-transfers/acquirer.ts';
import { createSandboxVisaMobile } from '../../src/acquirers/sandbox-visa-mobile/acquirer.ts';
import type { CardVault } from '../../src/cards/deps.ts';
import { openSandboxVault } from '../../src/cards/open-vault.ts';
import { type Database, inTransaction, read } from '../../src/kernel/db/database.ts';
import type { Payment, Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import { currencies } from '../../src/kernel/money.ts';
import { openAccounts } from '../../src/ledger/sql/open-accounts.ts';
import { applyMovementAnswer } from '../../src/payments/ask-movement.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { paymentJobs } from '../../src/payments/jobs.ts';
import { type NotificationDeps, receiveNotification } from '../../src/payments/receive-notification.ts';
import { findPayment } from '../../src/payments/store.ts';
import type { RefundDeps } from '../../src/refunds/deps.ts';
import { refundJobs } from '../../src/refunds/jobs.ts';
import type { Shop } from '../../src/shops/model.ts';
import { readTransactions } from '../../src/transactions/store.ts';
import {
  createPaymentDeps,
  createRefundDeps,
  createShop,
  createTestClock,
  type TestClock,
} from '../support/factories.ts';
import { runDueJobs } from '../support/run-due-jobs.ts';
import { impatientWith } from './impatient.ts';

/** Where payers reach the pages of the simulated banks. */
export const publicUrl = 'https://gateway.example';

/** Signs what the simulated acquirer tells in tests. */
export const secret = 'the secret of the simulated acquirer, for tests only';

/** A gateway of all simulated acquirers, with one shop; time stands still until a test lets it pass. */
export type SandboxGateway = {
  readonly clock: TestClock;
  readonly shop: Shop;
  readonly deps: PaymentDeps;
  readonly refunds: RefundDeps;
  /** Who hears the notifications. */
  readonly notifications: NotificationDeps;
  /** The one that takes BLIK. */
  readonly acquirer: Acquirer;
  readonly banks: SandboxAcquirer;
  readonly lenders: SandboxAcquirer;
  readonly lessors: SandboxAcquirer;
  readonly transfers: SandboxAcquirer;
  readonly visaMobile: SandboxAcquirer;
  readonly cards: SandboxAcquirer;
  /** Where the tokens of cards are kept. */
  readonly vault: CardVault;
  /** Every notification the acquirers have sent, oldest first, whether it was taken or not. */
  readonly sent: readonly AcquirerNotification[];
  /** Makes the gateway lose the next notifications with an error. */
  refuse(notifications: number): void;
  /** Lets time pass and everything happen that is due at its end; gives the names of the jobs that ran. */
  letPass(duration: { readonly ms: number }): Promise<string[]>;
  /** Runs a job about a subject again, as the queue does after an error. */
  repeat(job: string, subject: string): Promise<void>;
};

/** Makes such a gateway; the shop's outcomes come a second after the call, as by default. */
export async function createSandboxGateway(database: Database): Promise<SandboxGateway> {
  const clock = createTestClock();
  const { shop } = await createShop(database, { sandboxDelayMs: 1_000 });
  const sent: AcquirerNotification[] = [];
  let refusals = 0;
  const deliver: Deliver = async (name, notification) => {
    sent.push(notification);
    refusals -= 1;
    if (refusals >= 0) throw new Error('The gateway is out of order.');
    await receiveNotification(notifications, name, notification);
  };
  const parts: SandboxDeps = { database, clock, secret, deliver, publicUrl };
  const vault = openSandboxVault(database);
  const acquirer = createSandboxBlik(parts);
  const banks = createSandboxBanks(parts);
  const lenders = createSandboxLenders(parts);
  const lessors = createSandboxLessors(parts);
  const transfers = createSandboxTransfers(parts);
  const visaMobile = createSandboxVisaMobile(parts);
  const cards = createSandboxCards(parts, async (token, merchantId) => (await vault.find(token, merchantId))?.outcome);
  const all = [acquirer, banks, lenders, lessors, transfers, visaMobile, cards];
  await openAccountsOf(database, all);
  const called = all.map((one) => impatientWith(database, one));
  const deps = createPaymentDeps(database, { clock, acquirers: called });
  const refunds = createRefundDeps(deps);
  const notifications: NotificationDeps = {
    ...deps,
    hearMovement: {
      capture: (word) => applyMovementAnswer(deps, 'capture', word),
      void: (word) => applyMovementAnswer(deps, 'void', word),
      refund: ({ id, ...word }) => refunds.answering.submit({ refundId: id, ...word }),
    },
  };
  const handlers: JobHandlers = Object.assign(
    { ...paymentJobs(deps), ...refundJobs(refunds) },
    ...all.map(({ jobs }) => jobs),
  );
  return {
    clock,
    shop,
    deps,
    refunds,
    notifications,
    acquirer,
    banks,
    lenders,
    lessors,
    transfers,
    visaMobile,
    cards,
    vault,
    sent,
    refuse: (notifications) => {
      refusals = notifications;
    },
    letPass: (duration) => {
      clock.pass(duration);
      return runDueJobs({ database, clock, handlers });
    },
    repeat: async (job, subject) => {
      const handle = handlers[job];
      if (!handle) throw new Error(`There is no job ${job}.`);
      await handle({ subject, round: 0 });
    },
  };
}

/** Opens the accounts of acquirers, as the gateway does when it starts. */
async function openAccountsOf(database: Database, acquirers: readonly Acquirer[]): Promise<void> {
  const kinds = ['ACQUIRER', 'REFUNDS', 'DISPUTES'] as const;
  const accounts = acquirers.flatMap(({ name: owner }) =>
    kinds.flatMap((kind) => currencies.map((currency) => ({ kind, owner, currency }))),
  );
  await inTransaction(database, (tx) => openAccounts(tx, accounts));
}

/** A refund of a shop's as the acquirer gets it, with what is given instead. */
export function refundFor(
  { clock, shop }: Pick<SandboxGateway, 'clock' | 'shop'>,
  values: Pick<MovementOrder, 'transaction' | 'amount'> & Partial<MovementOrder>,
): MovementOrder {
  return {
    kind: 'refund',
    reference: newId(clock.now()),
    currency: 'PLN',
    settled: 0n,
    note: '',
    merchantId: shop.merchantId,
    clockOffsetMs: 0,
    sandboxDelayMs: 1_000,
    ...values,
  };
}

/** An attempt and its payment as they are in the database now. */
export async function attemptNow(
  database: Database,
  transactionId: string,
): Promise<{ readonly transaction: Transaction; readonly payment: Payment }> {
  const [transaction] = await inTransaction(database, (tx) => readTransactions(tx, [transactionId]));
  const payment = transaction && (await findPayment(database, transaction.paymentId));
  if (!payment) throw new Error('The attempt is not in the database.');
  return { transaction, payment };
}

/** A shop's log as `number type`, in order. */
export async function logOf(database: Database, shopId: string): Promise<string[]> {
  const rows = await read<{ entry: string }>(database, {
    name: 'test-log',
    text: `select number || ' ' || type as entry from event where shop_id = $1::uuid order by number`,
    values: [shopId],
  });
  return rows.map((row) => row.entry);
}

/** What was booked for a shop: its postings, captures and commissions, and the balance they led to. */
export async function booksOf(database: Database, shopId: string): Promise<object> {
  const [books] = await read<object>(database, {
    name: 'test-books',
    text: `
      select
        array(select p.kind || ' ' || f.kind || ' ' || f.owner || ' ' || t.kind || ' ' || p.amount || ' ' || p.currency
          from posting p join account f on f.id = p.from_id join account t on t.id = p.to_id
          where t.owner = $1::text order by p.id) as postings,
        array(select c.status || ' ' || c.amount from capture c where c.shop_id = $1::uuid order by c.id)
          as captures,
        array(select c.base || ' ' || c.rate_ppm || ' ' || c.amount from commission c where c.shop_id = $1::uuid)
          as commissions,
        (select b.amount from account a join account_balance b on b.account_id = a.id
          where a.kind = 'SHOP' and a.owner = $1::text and a.currency = 'PLN') as balance`,
    values: [shopId],
  });
  if (!books) throw new Error('A statement without conditions gave no row.');
  return books;
}
