import { randomUUID } from 'node:crypto';
import type { Acquirer, AcquirerAnswer, StartOrder } from '../../src/acquirers/port.ts';
import { type Actor, type Scope, scopes } from '../../src/auth/actor.ts';
import { createLane } from '../../src/kernel/batch.ts';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { type Database, inTransaction, type Tx } from '../../src/kernel/db/database.ts';
import type { Payment, Payout } from '../../src/kernel/db/generated/prisma/client.ts';
import { appendEvents, lockShops } from '../../src/kernel/events/append-events.ts';
import { newId, newMerchantId, newShopId } from '../../src/kernel/ids.ts';
import { createLog, type Log } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { currencies } from '../../src/kernel/money.ts';
import { createSeal, type Seal } from '../../src/kernel/seal.ts';
import { type AccountRef, payoutMade } from '../../src/ledger/model.ts';
import { openAccounts } from '../../src/ledger/sql/open-accounts.ts';
import { writePostings } from '../../src/ledger/sql/write-postings.ts';
import { insertPayoutAccounts } from '../../src/merchants/sql/insert-payout-accounts.ts';
import { type AppliedAnswer, applyAcquirerAnswers } from '../../src/payments/apply-acquirer-answer.ts';
import { commitPayments } from '../../src/payments/create-payment.ts';
import { decideStarts, type StartedTransaction } from '../../src/payments/decide-start.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { createAttemptGuard } from '../../src/payments/guard-attempts.ts';
import { type CreatePaymentInput, preparePayment } from '../../src/payments/prepare-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { payoutFacts } from '../../src/payouts/events.ts';
import { insertPayouts } from '../../src/payouts/sql/insert-payouts.ts';
import { measureAccounts } from '../../src/payouts/sql/measure-accounts.ts';
import { listRatesPpm } from '../../src/pricing/model.ts';
import { insertPlan } from '../../src/pricing/store.ts';
import type { RefundDeps } from '../../src/refunds/deps.ts';
import { openRefundLanes } from '../../src/refunds/open-lanes.ts';
import type { ReportDeps } from '../../src/reports/deps.ts';
import { createShopFinder } from '../../src/shops/find-shop.ts';
import { channels, type Shop } from '../../src/shops/model.ts';
import { giveServiceKey } from '../../src/shops/rotate-service-key.ts';
import { readShop } from '../../src/shops/store.ts';

/** The name of the acquirer that takes BLIK in tests and in the sandbox. */
export const blikAcquirer = 'sandbox-blik';

/** Seals the service keys of the shops that `createShop` makes. */
export const testSeal: Seal = createSeal('a secret for tests only, long enough to be one');

/** Everything was made long before any test's present. */
const longAgo = new Date('2025-01-01T00:00:00.000Z');
const farOff = new Date('2100-01-01T00:00:00.000Z');

export type TestClock = Clock & {
  /** Lets time pass. */
  pass(duration: { readonly ms: number }): void;
};

/** A clock that stands still until it is told to move. */
export function createTestClock(start = new Date('2026-03-02T10:00:00.000Z')): TestClock {
  let present = start.getTime();
  return {
    now: (tenant) => new Date(present + (tenant?.clockOffsetMs ?? 0)),
    pass: ({ ms }) => {
      present += ms;
    },
  };
}

/** Makes an active merchant, and gives his id; he is paid out by runs only if that is said, so that others are left alone. */
export async function createMerchant(
  database: Database,
  values: { readonly clockOffsetMs?: number; readonly name?: string; readonly isPaidOut?: boolean } = {},
): Promise<string> {
  const id = newMerchantId();
  await inTransaction(database, async (tx) => {
    await tx.query({
      name: 'test-insert-merchant',
      text: `
        insert into merchant (id, status, legal_form, name, nip, clock_offset_ms, next_payout_at, created_at, updated_at)
        values ($1::text, 'ACTIVE', 'LIMITED_COMPANY', $2::text, '5260250274', $3::bigint, $4::timestamptz, $5::timestamptz,
          $5::timestamptz)`,
      values: [
        id,
        values.name ?? 'Sklep Testowy sp. z o.o.',
        values.clockOffsetMs ?? 0,
        values.isPaidOut === true ? null : farOff,
        longAgo,
      ],
    });
    const iban = 'PL61109010140000071219812874';
    await insertPayoutAccounts(
      tx,
      currencies.map((currency) => ({ id: newId(longAgo), merchantId: id, currency, iban, validFrom: longAgo })),
    );
  });
  return id;
}

export type ShopValues = {
  /** Undefined: a merchant of its own. */
  readonly merchantId?: string;
  readonly name?: string;
  readonly status?: 'ACTIVE' | 'SUSPENDED';
  readonly notificationUrl?: string;
  readonly sandboxDelayMs?: number;
};

export type TestShop = { readonly shop: Shop; readonly serviceKey: string };

/**
 * Makes a shop that can take payments: with its counter, all channels and currencies, list prices, a service key, and
 * the accounts of the shop, the gateway and the BLIK acquirer.
 */
export async function createShop(database: Database, values: ShopValues = {}): Promise<TestShop> {
  const merchantId = values.merchantId ?? (await createMerchant(database));
  const shopId = newShopId();
  const serviceKey = await inTransaction(database, async (tx) => {
    await insertShop(tx, { ...values, shopId, merchantId });
    await insertPlan(tx, {
      id: newId(longAgo),
      shopId,
      validFrom: longAgo,
      ratesPpm: listRatesPpm,
      createdAt: longAgo,
    });
    await openAccounts(tx, accountsFor(shopId));
    return giveServiceKey(tx, testSeal, { shopId, at: longAgo });
  });
  const shop = await readShop(database, shopId);
  if (!shop) throw new Error('The shop was not written.');
  return { shop, serviceKey };
}

async function insertShop(tx: Tx, shop: ShopValues & { shopId: string; merchantId: string }): Promise<void> {
  await tx.query({
    name: 'test-insert-shop',
    text: `
      with made as (
        insert into shop (id, merchant_id, status, name, currencies, notification_url, sandbox_delay_ms, created_at,
          updated_at)
        values ($1::uuid, $2::text, $3::shop_status, $4::text, $5::currency[], $6::text, $7::int, $8::timestamptz,
          $8::timestamptz)
        returning id
      ), counted as (
        insert into shop_counter (shop_id) select id from made
      )
      insert into shop_method (shop_id, channel, method, priority)
      select made.id, c.channel, c.method, c.priority
      from made, unnest($9::text[], $10::payment_method[]) with ordinality as c (channel, method, priority)`,
    values: [
      shop.shopId,
      shop.merchantId,
      shop.status ?? 'ACTIVE',
      shop.name ?? 'Sklep testowy',
      currencies,
      shop.notificationUrl ?? null,
      shop.sandboxDelayMs ?? 0,
      longAgo,
      Object.keys(channels),
      Object.values(channels).map((facts) => facts.method),
    ],
  });
}

function accountsFor(shopId: string): AccountRef[] {
  const owners: readonly Omit<AccountRef, 'currency'>[] = [
    { kind: 'SHOP', owner: shopId },
    ...(['ACQUIRER', 'REFUNDS', 'DISPUTES'] as const).map((kind) => ({ kind, owner: blikAcquirer })),
    ...(['COMMISSION', 'PAYOUTS', 'BANK', 'SUSPENSE', 'BANK_FEES'] as const).map((kind) => ({
      kind,
      owner: 'gateway',
    })),
  ];
  return owners.flatMap((owner) => currencies.map((currency) => ({ ...owner, currency })));
}

/** Someone with an API key of the shop's merchant, with all scopes unless some are named. */
export function actorOf(
  shop: Pick<Shop, 'merchantId'>,
  holds: { readonly shopId?: string; readonly scopes?: readonly Scope[] } = {},
): Actor {
  const held = holds.scopes ?? (Object.keys(scopes) as Scope[]);
  return { keyId: randomUUID(), merchantId: shop.merchantId, shopId: holds.shopId, scopes: new Set(held) };
}

/** An acquirer for BLIK that answers as it is told and forgets everything; tests say the outcome themselves. */
export function createScriptedAcquirer(
  answer: (order: StartOrder) => AcquirerAnswer = (order) => ({
    kind: 'pending',
    confirmUntil: new Date(order.enteredAt.getTime() + 60_000),
  }),
): Acquirer {
  return {
    name: blikAcquirer,
    channels: ['blik'],
    capabilities: { authorizes: false, stopsOrders: true },
    unavailability: () => undefined,
    start: async (order) => answer(order),
    status: async () => ({ kind: 'unheard' }),
    cancel: async () => {},
    move: async () => ({ kind: 'pending' }),
    movementStatus: async () => ({ kind: 'unheard' }),
    dayFile: async () => [],
    readNotification: () => {
      throw new Error('This acquirer sends no notifications.');
    },
  };
}

/** What the payment verbs need, on a database of the test; the BLIK acquirer is scripted unless others are given. */
export function createPaymentDeps(
  database: Database,
  given: { readonly clock?: Clock; readonly acquirers?: readonly Acquirer[]; readonly log?: Log } = {},
): PaymentDeps {
  const clock = given.clock ?? systemClock;
  const log = given.log ?? createLog('silent');
  return {
    database,
    clock,
    log,
    publicUrl: 'https://gateway.example',
    shops: createShopFinder(database),
    acquirers: new Map((given.acquirers ?? [createScriptedAcquirer()]).map((acquirer) => [acquirer.name, acquirer])),
    attempts: createAttemptGuard({ database, log, metrics: createMetrics(), pause: async () => undefined }),
    creating: createLane((items) => commitPayments(database, items)),
    starting: createLane((items) => inTransaction(database, (tx) => decideStarts(tx, clock, items))),
    applying: createLane((items) => inTransaction(database, (tx) => applyAcquirerAnswers(tx, { clock, log }, items))),
  };
}

/** What reports need. */
export function createReportDeps({ database, clock, log, shops }: PaymentDeps): ReportDeps {
  return {
    database,
    clock,
    log,
    shops,
    publicUrl: 'https://pay.example',
    sendsMails: true,
    addressSecret: 'a secret of addresses',
  };
}

/** What the verbs of refunds need beside payments: lanes of their own. */
export function createRefundDeps(payments: PaymentDeps): RefundDeps {
  return { ...payments, ...openRefundLanes(payments) };
}

/** Creates a payment of 12.34 PLN as a shop does through the API, with what is given instead. */
export async function createPayment(
  deps: PaymentDeps,
  shop: Shop,
  input: Partial<CreatePaymentInput> = {},
): Promise<Payment> {
  const prepared = preparePayment(
    { clock: deps.clock, acquirers: deps.acquirers, addressRule: 'any' },
    { shop, source: 'API' },
    {
      idempotencyKey: randomUUID(),
      amount: 1234n,
      currency: 'PLN',
      orderId: 'ORD/2026-0001',
      customer: { firstName: 'Jan', lastName: 'Kowalski', email: 'jan@shop.example' },
      ...input,
    },
  );
  const { payment } = await deps.creating.submit(prepared);
  return payment;
}

/** Starts an attempt to pay a payment with BLIK, as a shop's own page does. */
export function startBlik(
  deps: PaymentDeps,
  shop: Shop,
  wish: { readonly paymentId: string; readonly blikCode?: string; readonly idempotencyKey?: string },
): Promise<StartedTransaction> {
  return startTransaction(
    deps,
    { shop, source: 'API' },
    { idempotencyKey: randomUUID(), method: 'BLIK', blikCode: '123456', ...wish },
  );
}

/** Lets the acquirer say what became of an attempt. */
export function tellAnswer(deps: PaymentDeps, transactionId: string, answer: AcquirerAnswer): Promise<AppliedAnswer> {
  return deps.applying.submit({ transactionId, answer });
}

/** Creates a payment and lets its first attempt settle. */
export async function createSale(
  deps: PaymentDeps,
  shop: Shop,
  input: Partial<CreatePaymentInput> = {},
): Promise<AppliedAnswer> {
  const payment = await createPayment(deps, shop, input);
  const { transaction } = await startBlik(deps, shop, { paymentId: payment.id });
  return tellAnswer(deps, transaction.id, { kind: 'settled', amount: payment.amount });
}

/**
 * Pays out a part of what a shop has in PLN, as the daily run would, but without commission; gives the payout's id.
 * @param owner the shop, or a recipient with the shops that he has something from.
 */
export function payOut(
  database: Database,
  owner: { readonly id: string; readonly shopIds?: readonly string[] },
  amount: bigint,
): Promise<string> {
  return inTransaction(database, async (tx) => {
    await lockShops(tx, owner.shopIds ?? [owner.id]);
    const [account] = await tx.query<{ id: bigint; day: string }>({
      name: 'test-find-account',
      text: `select a.id, (coalesce(max(p.business_day), '2024-12-31') + 1)::text as day
        from account a left join payout p on p.account_owner = a.owner and p.currency = a.currency
        where a.kind in ('SHOP', 'RECIPIENT') and a.owner = $1::text and a.currency = 'PLN' group by a.id`,
      values: [owner.id],
    });
    const { id = 0n, day = '' } = account ?? {};
    const measured = (await measureAccounts(tx, { accountIds: [id], day, before: farOff, now: longAgo }))[0];
    if (!measured) throw new Error('There is no such account.');
    const { commissionsAfter, adjustmentsAfter, balance } = measured;
    const payout: Payout = {
      ...{ ...measured, id: newId(longAgo), accountOwner: owner.id, businessDay: new Date(day), status: 'SENT' },
      ...{ commission: 0n, commissionsThrough: commissionsAfter, adjustmentsThrough: adjustmentsAfter },
      ...{ net: amount, carriedOut: balance - amount, iban: 'PL61109010140000071219812874' },
      ...{ sendAt: longAgo, expectedAt: farOff, createdAt: longAgo, updatedAt: longAgo, sentAt: longAgo },
      ...{
        settledAt: null,
        returnedAt: null,
        returnReason: null,
        bankFileId: null,
        resumedAt: null,
        reinstatedAt: null,
      },
    };
    await insertPayouts(tx, [payout]);
    await writePostings(tx, payoutMade(payout));
    await appendEvents(
      tx,
      payoutFacts([payout], () => longAgo),
    );
    return payout.id;
  });
}
