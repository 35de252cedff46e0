import { type Scope, scopes } from '../../src/auth/actor.ts';
import { hashKey, newApiKey, newRestToken } from '../../src/auth/model.ts';
import { insertKey } from '../../src/auth/store.ts';
import { sealGooglePay } from '../../src/cards/seal-google-pay.ts';
import { type Database, inTransaction } from '../../src/kernel/db/database.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { Shop } from '../../src/shops/model.ts';
import { storeCard } from '../profiles/store-card.ts';
import { createMerchant, createShop, payOut } from '../support/factories.ts';
import { ask, type TestGateway } from '../support/gateway.ts';
import { overWebSocket } from '../support/live.ts';

/** Every scope there is. */
export const allScopes = Object.keys(scopes) as Scope[];

export type KeyValues = {
  readonly merchantId: string;
  readonly shopId?: string;
  readonly scopes?: readonly Scope[];
  readonly kind?: 'API' | 'REST';
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
};

export type GivenKey = { readonly id: string; readonly secret: string };

const longAgo = new Date('2025-01-01T00:00:00.000Z');

/** Gives a merchant a key, with every scope unless some are named. */
export async function giveKey(database: Database, values: KeyValues): Promise<GivenKey> {
  const { kind = 'API', merchantId, shopId, revokedAt, expiresAt } = values;
  const secret = kind === 'API' ? newApiKey('test') : newRestToken();
  const id = newId(longAgo);
  await inTransaction(database, (tx) =>
    insertKey(tx, {
      ...{ id, kind, merchantId, shopId: shopId ?? null, name: `Key of ${merchantId}` },
      hash: new Uint8Array(hashKey(secret)),
      hint: secret.slice(-4),
      scopes: [...(values.scopes ?? allScopes)],
      ...{ createdAt: longAgo, expiresAt: expiresAt ?? null, revokedAt: null },
    }),
  );
  if (revokedAt) {
    await database.pool.query('update api_key set revoked_at = $2 where id = $1', [id, revokedAt]);
  }
  return { id, secret };
}

/** A shop with something of everything that its merchant can read or change. */
export type Tenant = {
  readonly merchantId: string;
  readonly shopId: string;
  readonly serviceKey: string;
  /** Good for everything the merchant has. */
  readonly key: string;
  readonly keyId: string;
  /** Settled, with a commission. */
  readonly paidId: string;
  readonly transactionId: string;
  /** A refund of a part of it, settled. */
  readonly refundId: string;
  /** Payments that can be paid; the walk pays one and cancels the other. */
  readonly openIds: readonly [string, string];
  /** Transactions with reserved money; the walk captures one and voids the other. */
  readonly reservedIds: readonly [string, string];
  /** What the customer has stored; the walk charges one and deactivates the other. */
  readonly profileIds: readonly [string, string];
  readonly customerId: string;
  readonly deliveryId: string;
  /** A payout of 5.00 PLN that is on its way. */
  readonly payoutId: string;
  /** Someone to whom a part of a payment goes. */
  readonly recipientId: string;
  /** A payment link for several payers, none of whom has come. */
  readonly linkId: string;
  /** A report of its payouts, with a file. */
  readonly reportId: string;
  /** A schedule of reports. */
  readonly scheduleId: string;
  /** A second key, to be revoked. */
  readonly spareKeyId: string;
  /** A token of the REST door, to be revoked. */
  readonly spareTokenId: string;
  /** A change of a payout account that waits. */
  readonly changeId: string;
  /** The place before the first event. */
  readonly startCursor: string;
};

/** Makes a shop, of a merchant of its own unless one is given, whose values all hold `mark`, and waits until it is still. */
export async function settleTenant(
  gateway: TestGateway,
  { mark, merchantId }: { readonly mark: string; readonly merchantId?: string },
): Promise<Tenant> {
  const { database } = gateway;
  const owner = merchantId ?? (await createMerchant(database, { name: `Firma ${mark}` }));
  const { shop, serviceKey } = await createShop(database, { merchantId: owner, name: `Sklep ${mark}` });
  const key = await giveKey(database, { merchantId: owner });
  const spare = await giveKey(database, { merchantId: owner, shopId: shop.id });
  const token = await giveKey(database, { merchantId: owner, kind: 'REST', scopes: [] });
  const startCursor = encodeCursor(shop.id, 0n);
  const pay = (order: string) => createPayment(gateway, { key: key.secret, shopId: shop.id, mark: `${mark}-${order}` });
  const [paidId, ...openIds] = [await pay('1'), await pay('2'), await pay('3')] as const;
  const news = await overWebSocket<{ events: { type: string } }>(gateway, {
    query: 'subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { type } }',
    variables: { shopId: shop.id, after: startCursor },
    key: key.secret,
  });
  const transactionId = await startBlik(gateway, { key: key.secret, paymentId: paidId });
  for (let type = ''; type !== 'PAYMENT_SETTLED'; ) type = (await news.next())?.data?.events.type ?? 'PAYMENT_SETTLED';
  const refundId = await createRefund(gateway, { key: key.secret, transactionId });
  for (let type = ''; type !== 'REFUND_SETTLED'; ) type = (await news.next())?.data?.events.type ?? 'REFUND_SETTLED';
  news.end();
  const reserve = (order: string) => startWallet(gateway, { key: key.secret, shop, mark: `${mark}-${order}` });
  const reservedIds = [await reserve('4'), await reserve('5')] as const;
  const customerId = `customer-${mark}`;
  const store = () =>
    storeCard(gateway, { key: key.secret, shopId: shop.id, customerId, lastName: `Kowalski-${mark}` });
  const profileIds = [(await store()).profileId, (await store()).profileId] as const;
  const linkId = await createLink(gateway, { key: key.secret, shopId: shop.id, mark });
  const payoutId = await payOut(database, shop, 500n);
  const recipientId = await insertRecipient(database, { merchantId: owner, shopId: shop.id, paymentId: paidId, mark });
  const deliveryId = await insertDelivery(database, { shopId: shop.id, paymentId: paidId, mark });
  const reportId = await makeReport(gateway, { key: key.secret, shopId: shop.id, mark });
  const scheduleId = await schedule(gateway, { key: key.secret, shopId: shop.id, mark });
  const currency = merchantId === undefined ? 'EUR' : 'CZK';
  const changeId = await requestPayoutAccount(gateway, { key: key.secret, currency, mark });
  return {
    ...{ merchantId: owner, shopId: shop.id, serviceKey, key: key.secret, keyId: key.id },
    ...{ paidId, transactionId, refundId, openIds, reservedIds, profileIds, customerId },
    ...{ deliveryId, payoutId, recipientId, linkId, reportId, scheduleId, changeId, startCursor },
    ...{ spareKeyId: spare.id, spareTokenId: token.id },
  };
}

/** What one shop has of a recipient of several: a settled payment that is split, and a refund of a part of it. */
export type Basket = { readonly paidId: string; readonly transactionId: string; readonly refundId: string };

/** A recipient of several shops of one merchant. */
export type SharedRecipient = {
  readonly recipientId: string;
  /** What he was paid, of all that he had from them. */
  readonly payoutId: string;
  /** What he has: minor units. */
  readonly balance: number;
  /** In the order of the shops. */
  readonly baskets: readonly Basket[];
};

/** Lets shops of one merchant share a recipient, who has 611 of a sale of each, bears a part of its refund and is paid 700. */
export async function shareRecipient(
  gateway: TestGateway,
  tenants: readonly (Tenant & { readonly mark: string })[],
): Promise<SharedRecipient> {
  const baskets: Basket[] = [];
  for (const { key, shopId, startCursor, mark } of tenants) {
    const shares = [{ iban: '72105000028166973380325415', amount: 611, label: 'Odbiorca' }];
    const paidId = await createPayment(gateway, { key, shopId, mark: `${mark}-shared`, shares });
    const transactionId = await startBlik(gateway, { key, paymentId: paidId });
    const news = await overWebSocket<{ paymentUpdated: { type: string } }>(gateway, {
      query: 'subscription($id: ID!, $after: Cursor) { paymentUpdated(id: $id, after: $after) { type } }',
      variables: { id: paidId, after: startCursor },
      key,
    });
    while ((await news.next())?.data?.paymentUpdated.type !== 'PAYMENT_SETTLED');
    news.end();
    baskets.push({ paidId, transactionId, refundId: await createRefund(gateway, { key, transactionId }) });
  }
  const [{ merchantId } = { merchantId: '' }] = tenants;
  const { rows } = await gateway.database.pool.query<{ id: string; balance: string }>(
    `select r.id, b.amount as balance from recipient r join account a on a.owner = r.id::text
     join account_balance b on b.account_id = a.id where r.merchant_id = $1 and r.iban like '%72105000028166973380325415'`,
    [merchantId],
  );
  const { id: recipientId = '', balance = '0' } = rows[0] ?? {};
  const shopIds = tenants.map(({ shopId }) => shopId);
  const payoutId = await payOut(gateway.database, { id: recipientId, shopIds }, 700n);
  return { recipientId, payoutId, balance: Number(balance) - 700, baskets };
}

type Wish = {
  readonly key: string;
  readonly shopId: string;
  readonly mark: string;
  readonly capture?: 'AUTOMATIC' | 'MANUAL';
  readonly shares?: readonly { readonly iban: string; readonly amount: number; readonly label: string }[];
};

/** Creates a payment over the API, and gives its id. */
export async function createPayment(
  gateway: TestGateway,
  { key, shopId, mark, capture, shares }: Wish,
): Promise<string> {
  const answer = await ask<{ createPayment: { payment: { id: string } } }>(
    gateway,
    `mutation($input: CreatePaymentInput!) {
      createPayment(input: $input) { ... on CreatePaymentSuccess { payment { id } } ... on Refusal { code message } }
    }`,
    {
      key,
      variables: {
        input: {
          ...{ shopId, idempotencyKey: `key-${mark}`, amount: 1234, currency: 'PLN', orderId: `order-${mark}` },
          ...{ capture, shares, title: `title-${mark}`, returnUrl: `https://shop.example/${mark}` },
          customer: { firstName: 'Jan', lastName: `Kowalski-${mark}`, company: `Firma ${mark}` },
        },
      },
    },
  );
  if (!answer.data?.createPayment.payment) throw new Error(`No payment was made: ${JSON.stringify(answer)}`);
  return answer.data.createPayment.payment.id;
}

/** Asks for payouts of a currency to go to another account, and gives the id of the change. */
async function requestPayoutAccount(
  gateway: TestGateway,
  { key, currency, mark }: { readonly key: string; readonly currency: string; readonly mark: string },
): Promise<string> {
  const answer = await ask<{ requestPayoutAccount: { change: { id: string } } }>(
    gateway,
    `mutation($input: RequestPayoutAccountInput!) {
      requestPayoutAccount(input: $input) { ... on RequestPayoutAccountSuccess { change { id } } ... on Refusal { code message } }
    }`,
    { key, variables: { input: { idempotencyKey: mark, currency, iban: '61 1090 1014 0000 0712 1981 2874' } } },
  );
  if (!answer.data?.requestPayoutAccount.change) throw new Error(`Nothing was asked for: ${JSON.stringify(answer)}`);
  return answer.data.requestPayoutAccount.change.id;
}

/** Makes a payment link without an end of uses, and gives its id. */
async function createLink(gateway: TestGateway, { key, shopId, mark }: Wish): Promise<string> {
  const answer = await ask<{ createPaymentLink: { paymentLink: { id: string } } }>(
    gateway,
    `mutation($input: CreatePaymentLinkInput!) {
      createPaymentLink(input: $input) { ... on CreatePaymentLinkSuccess { paymentLink { id } } ... on Refusal { code message } }
    }`,
    {
      key,
      variables: {
        input: {
          ...{ shopId, idempotencyKey: `link-${mark}`, amount: 1234, currency: 'PLN', orderId: `order-${mark}` },
          ...{ title: `title-${mark}`, usesMax: null },
        },
      },
    },
  );
  if (!answer.data?.createPaymentLink.paymentLink) throw new Error(`No link was made: ${JSON.stringify(answer)}`);
  return answer.data.createPaymentLink.paymentLink.id;
}

/** Has reports of a shop made monthly, and gives the id of the schedule. */
async function schedule(gateway: TestGateway, { key, shopId, mark }: Wish): Promise<string> {
  const what = { kind: 'PAYOUTS', format: 'CSV', frequency: 'MONTHLY', email: `${mark}@shop.example` };
  const answer = await ask<{ scheduleReport: { schedule: { id: string } } }>(
    gateway,
    `mutation($input: ScheduleReportInput!) {
      scheduleReport(input: $input) { ... on ScheduleReportSuccess { schedule { id } } ... on Refusal { code message } }
    }`,
    { key, variables: { input: { shopId, idempotencyKey: mark, ...what } } },
  );
  if (!answer.data?.scheduleReport.schedule) throw new Error(`Nothing was scheduled: ${JSON.stringify(answer)}`);
  return answer.data.scheduleReport.schedule.id;
}

/** Orders a report of what the shop was paid, waits until its file is there, and gives its id. */
async function makeReport(gateway: TestGateway, { key, shopId, mark }: Wish): Promise<string> {
  const period = { from: '2025-01-01', until: '2025-01-02' };
  const input = { shopId, idempotencyKey: `report-${mark}`, kind: 'PAYOUTS', format: 'CSV', ...period };
  for (;;) {
    const answer = await ask<{ createReport: { report: { id: string; status: string } } }>(
      gateway,
      `mutation($input: CreateReportInput!) {
        createReport(input: $input) { ... on CreateReportSuccess { report { id status } } ... on Refusal { code message } }
      }`,
      { key, variables: { input } },
    );
    const report = answer.data?.createReport.report;
    if (!report || report.status === 'FAILED') throw new Error(`No report was made: ${JSON.stringify(answer)}`);
    if (report.status === 'READY') return report.id;
  }
}

/** Refunds a part of a transaction, which the sandbox settles, and gives the refund's id. */
async function createRefund(
  gateway: TestGateway,
  { key, transactionId }: { readonly key: string; readonly transactionId: string },
): Promise<string> {
  const answer = await ask<{ createRefund: { refund: { id: string } } }>(
    gateway,
    `mutation($input: CreateRefundInput!) {
      createRefund(input: $input) { ... on CreateRefundSuccess { refund { id } } ... on Refusal { code message } }
    }`,
    { key, variables: { input: { transactionId, idempotencyKey: `refund ${transactionId}`, amount: 34 } } },
  );
  if (!answer.data?.createRefund.refund) throw new Error(`No refund was ordered: ${JSON.stringify(answer)}`);
  return answer.data.createRefund.refund.id;
}

/** Starts a BLIK attempt that the sandbox settles, and gives its id. */
export async function startBlik(
  gateway: TestGateway,
  { key, paymentId, code = '123456' }: { readonly key: string; readonly paymentId: string; readonly code?: string },
): Promise<string> {
  const answer = await ask<{ startTransaction: { transaction: { id: string } } }>(
    gateway,
    `mutation($input: StartTransactionInput!) {
      startTransaction(input: $input) { ... on StartTransactionSuccess { transaction { id } } ... on Refusal { code message } }
    }`,
    { key, variables: { input: { paymentId, idempotencyKey: crypto.randomUUID(), method: 'BLIK', blik: { code } } } },
  );
  if (!answer.data?.startTransaction.transaction) throw new Error(`Nothing was started: ${JSON.stringify(answer)}`);
  return answer.data.startTransaction.transaction.id;
}

/** Pays a new payment out of a wallet, so that its money is only reserved, and gives the transaction's id. */
async function startWallet(
  gateway: TestGateway,
  { key, shop, mark }: { readonly key: string; readonly shop: Shop; readonly mark: string },
): Promise<string> {
  const paymentId = await createPayment(gateway, { key, shopId: shop.id, mark, capture: 'MANUAL' });
  const token = walletToken(shop.merchantId);
  const input = { paymentId, idempotencyKey: mark, method: 'WALLET', channel: 'gpay', wallet: { token } };
  const answer = await ask<{ startTransaction: { transaction: { id: string } } }>(
    gateway,
    `mutation($input: StartTransactionInput!) {
      startTransaction(input: $input) { ... on StartTransactionSuccess { transaction { id } } ... on Refusal { code message } }
    }`,
    { key, variables: { input } },
  );
  if (!answer.data?.startTransaction.transaction) throw new Error(`Nothing was reserved: ${JSON.stringify(answer)}`);
  return answer.data.startTransaction.transaction.id;
}

/** What Google Pay gives for a test card that pays, good for an hour. */
export function walletToken(merchantId: string, number = '4111111111111111'): string {
  const expiresAt = new Date(Date.now() + 3_600_000);
  return sealGooglePay({ number, expiry: { month: 12, year: expiresAt.getUTCFullYear() + 1 }, merchantId, expiresAt });
}

/** A recipient who has a part of a payment. */
export async function insertRecipient(
  database: Database,
  share: { readonly merchantId: string; readonly shopId: string; readonly paymentId: string; readonly mark: string },
): Promise<string> {
  const id = newId(longAgo);
  await database.pool.query(
    'insert into recipient (id, merchant_id, name, iban, created_at) values ($1, $2, $3, $4, $5)',
    [...[id, share.merchantId, `Odbiorca ${share.mark}`, `PL${share.mark}`, longAgo]],
  );
  await database.pool.query(
    `insert into basket_share (id, shop_id, payment_id, recipient_id, amount, currency, label)
     values ($1, $2, $3, $4, 1, 'PLN', $5)`,
    [newId(longAgo), share.shopId, share.paymentId, id, share.mark],
  );
  return id;
}

/** A notification that was delivered, with its one try. */
async function insertDelivery(
  database: Database,
  { shopId, paymentId, mark }: { readonly shopId: string; readonly paymentId: string; readonly mark: string },
): Promise<string> {
  const id = newId(longAgo);
  await database.pool.query(
    `insert into webhook_delivery (id, shop_id, event_number, payment_id, form, url, body, status, tries, created_at, delivered_at)
     values ($1, $2, 1, $3, 'IMOJE', $4, $5, 'DELIVERED', 1, $6, $6)`,
    [id, shopId, paymentId, `https://shop.example/${mark}`, `{"mark":"${mark}"}`, longAgo],
  );
  await database.pool.query(
    `insert into webhook_attempt (delivery_id, number, at, duration_ms, response_status, response_body, manual)
     values ($1, 1, $2, 5, 200, $3, false)`,
    [id, longAgo, `answer-${mark}`],
  );
  return id;
}
