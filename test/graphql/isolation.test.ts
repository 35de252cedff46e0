import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { overSse, overWebSocket, type Result } from '../support/live.ts';
import { isOfMerchants, type WalkedOperation, walkSchema } from './walk-schema.ts';
import { giveKey, type SharedRecipient, settleTenant, shareRecipient, type Tenant } from './world.ts';

/** What each input that names something is given. An operation with another one fails here until it has its rule. */
const rules: Readonly<Record<string, (tenant: Tenant) => unknown>> = {
  'Query.shop.id': (t) => t.shopId,
  'Query.shops.after': () => undefined,
  'Query.payment.id': (t) => t.paidId,
  'Query.payments.shopId': (t) => t.shopId,
  'Query.payments.after': () => undefined,
  'Query.transaction.id': (t) => t.transactionId,
  'Query.transactions.shopId': (t) => t.shopId,
  'Query.transactions.filter.paymentId': (t) => t.paidId,
  'Query.transactions.after': () => undefined,
  'Query.refund.id': (t) => t.refundId,
  'Query.refunds.shopId': (t) => t.shopId,
  'Query.refunds.filter.transactionId': (t) => t.transactionId,
  'Query.refunds.after': () => undefined,
  'Query.recipient.id': (t) => t.recipientId,
  'Query.recipients.after': () => undefined,
  'Query.payout.id': (t) => t.payoutId,
  'Query.payouts.shopId': (t) => t.shopId,
  'Query.payouts.after': () => undefined,
  'Query.report.id': (t) => t.reportId,
  'Query.reports.shopId': (t) => t.shopId,
  'Query.reports.after': () => undefined,
  'Query.reportSchedules.shopId': (t) => t.shopId,
  'Query.reportSchedules.after': () => undefined,
  'Query.canRefund.transactionId': (t) => t.transactionId,
  'Query.quoteCommission.shopId': (t) => t.shopId,
  'Query.pricePlans.shopId': (t) => t.shopId,
  'Query.explainCommission.transactionId': (t) => t.transactionId,
  'Query.paymentLink.id': (t) => t.linkId,
  'Query.paymentLinks.shopId': (t) => t.shopId,
  'Query.paymentLinks.after': () => undefined,
  'Query.profile.id': (t) => t.profileIds[0],
  'Query.profiles.shopId': (t) => t.shopId,
  'Query.profiles.customerId': (t) => t.customerId,
  'Query.paymentMethods.shopId': (t) => t.shopId,
  'Query.events.shopId': (t) => t.shopId,
  'Query.events.after': (t) => t.startCursor,
  'Query.webhookDeliveries.shopId': (t) => t.shopId,
  'Query.webhookDeliveries.filter.paymentId': (t) => t.paidId,
  'Query.webhookDeliveries.after': () => undefined,
  'Mutation.createPayment.input.shopId': (t) => t.shopId,
  'Mutation.startTransaction.input.paymentId': (t) => t.openIds[0],
  'Mutation.startTransaction.input.blik.profileId': () => undefined,
  'Mutation.cancelPayment.input.paymentId': (t) => t.openIds[1],
  'Mutation.captureTransaction.input.transactionId': (t) => t.reservedIds[0],
  'Mutation.voidTransaction.input.transactionId': (t) => t.reservedIds[1],
  'Mutation.createPaymentLink.input.shopId': (t) => t.shopId,
  'Mutation.disablePaymentLink.input.id': (t) => t.linkId,
  'Mutation.chargeProfile.input.shopId': (t) => t.shopId,
  'Mutation.chargeProfile.input.profileId': (t) => t.profileIds[0],
  'Mutation.deactivateProfile.input.profileId': (t) => t.profileIds[1],
  'Mutation.createRefund.input.transactionId': (t) => t.transactionId,
  'Mutation.createRefund.input.shares.recipientId': () => undefined,
  'Mutation.createReport.input.shopId': (t) => t.shopId,
  'Mutation.scheduleReport.input.shopId': (t) => t.shopId,
  'Mutation.unscheduleReport.id': (t) => t.scheduleId,
  'Mutation.resendWebhook.deliveryId': (t) => t.deliveryId,
  'Mutation.createApiKey.input.shopId': (t) => t.shopId,
  'Mutation.revokeApiKey.id': (t) => t.spareKeyId,
  'Mutation.revokeRestToken.id': (t) => t.spareTokenId,
  'Mutation.rotateServiceKey.input.shopId': (t) => t.shopId,
  'Mutation.updateShop.input.shopId': (t) => t.shopId,
  'Mutation.sendMessage.input.shopId': (t) => t.shopId,
  'Mutation.cancelPayoutAccountChange.id': (t) => t.changeId,
  'Subscription.events.shopId': (t) => t.shopId,
  'Subscription.events.after': (t) => t.startCursor,
  'Subscription.transactionUpdated.shopId': (t) => t.shopId,
  'Subscription.transactionUpdated.after': (t) => t.startCursor,
  'Subscription.paymentUpdated.id': (t) => t.paidId,
  'Subscription.paymentUpdated.after': (t) => t.startCursor,
};

const operations = walkSchema().filter(isOfMerchants);

/** Inputs that the walk leaves out. */
const leftOut = new Set(
  Object.keys(rules).filter(
    (path) => /\.(?:after|blik\.profileId|shares\.recipientId)$/.test(path) && !/events|Updated/.test(path),
  ),
);

let gateway: TestGateway;
let owner: Tenant;
let visitor: Tenant;
let sister: Tenant;
let boundKey: string;
/** Someone who is paid by the visitor's shop and by its sister. */
let shared: SharedRecipient;

beforeAll(async () => {
  gateway = await startTestGateway();
  [owner, visitor] = await Promise.all([
    settleTenant(gateway, { mark: 'ownerzq' }),
    settleTenant(gateway, { mark: 'visitorzq' }),
  ]);
  sister = await settleTenant(gateway, { mark: 'sisterzq', merchantId: visitor.merchantId });
  boundKey = (await giveKey(gateway.database, { merchantId: visitor.merchantId, shopId: visitor.shopId })).secret;
  shared = await shareRecipient(gateway, [
    { ...visitor, mark: 'visitorzq' },
    { ...sister, mark: 'sisterzq' },
  ]);
}, 60_000);

afterAll(() => gateway.stop());

/** Runs an operation: over HTTP, and a subscription over WebSocket and SSE, of which it gives the first results. */
async function run(operation: WalkedOperation, key: string, idOf: (path: string) => unknown): Promise<Result[]> {
  const { kind, query } = operation;
  const variables = operation.variables(idOf);
  if (kind !== 'subscription') return [(await ask(gateway, query, { variables, key })) as Result];
  const streams = await Promise.all([
    overWebSocket(gateway, { query, variables, key }),
    overSse(gateway, { query, variables, key }),
  ]);
  const results = await Promise.all(streams.map((stream) => stream.next()));
  for (const stream of streams) stream.end();
  return results.map((result) => result ?? {});
}

const ruleFor = (tenant: Tenant) => (path: string) => rules[path]?.(tenant);

/** What must not be said to others: everything of a tenant but what he shares with the one who asks. */
function secretsOf(tenant: Tenant, shared: readonly string[] = []): string[] {
  const { openIds, reservedIds, profileIds, startCursor: _, ...rest } = tenant;
  const mark = tenant === owner ? 'ownerzq' : 'sisterzq';
  return [...Object.values(rest), ...openIds, ...reservedIds, ...profileIds, mark].filter(
    (value) => !shared.includes(value),
  );
}

function expectRefused({ field }: WalkedOperation, result: Result): void {
  const refused = ['NOT_FOUND', 'FORBIDDEN'];
  const codes = (result.errors ?? []).map((error) => error.extensions?.code);
  expect(refused).toEqual(expect.arrayContaining(codes));
  const value = (result.data as Record<string, { __typename?: string; code?: string } | null> | null | undefined)?.[
    field
  ];
  if (value === null || value === undefined) return;
  expect(value).toMatchObject({ __typename: 'Refusal' });
  expect(refused).toContain((value as Record<string, unknown>).Refusal_code);
}

/** What the gateway writes for itself: the list of what was refused, and how far the readers of the log have come. */
const itsOwn = ['public.refused_operation', 'public.reader'];

/** Every row of every table in which one of these ids stands, but for what the gateway writes for itself. */
async function rowsWith(ids: readonly string[]): Promise<string[]> {
  const { rows: tables } = await gateway.database.pool.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'graphile_worker') order by 1",
  );
  const found: string[] = [];
  for (const { name } of tables.filter((table) => !itsOwn.includes(table.name))) {
    const { rows } = await gateway.database.pool.query<{ row: string }>(
      `select t::text as row from ${name} t where t::text like any($1::text[]) order by 1`,
      [ids.map((id) => `%${id}%`)],
    );
    found.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return found;
}

it('has a rule for every input that names something, and none for what is not there', () => {
  expect(Object.keys(rules).sort()).toEqual(operations.flatMap((operation) => operation.idPaths).sort());
});

for (const who of ['a stranger', 'a key that is bound to another shop of the same merchant'] as const) {
  const scene = () =>
    who === 'a stranger'
      ? { victim: owner, key: visitor.key, secrets: secretsOf(owner) }
      : { victim: sister, key: boundKey, secrets: secretsOf(sister, [visitor.merchantId]) };

  describe(`to ${who}`, () => {
    for (const operation of operations) {
      it(`${operation.name} gives nothing`, async () => {
        const { victim, key, secrets } = scene();
        const before = await rowsWith(secrets);
        expect(before.length).toBeGreaterThan(10);
        const results = await run(operation, key, ruleFor(victim));
        for (const result of results) {
          if (operation.idPaths.some((path) => !leftOut.has(path))) expectRefused(operation, result);
          for (const secret of secrets) expect(JSON.stringify(result)).not.toContain(secret);
        }
        expect(await rowsWith(secrets)).toEqual(before);
      });
    }

    for (const operation of operations.filter(({ idPaths }) => idPaths.length > 1)) {
      for (const path of operation.idPaths.filter((path) => !leftOut.has(path))) {
        it(`${operation.name} gives nothing for a foreign ${path.split('.').slice(2).join('.')} among own ids`, async () => {
          const { victim, key, secrets } = scene();
          const results = await run(operation, key, (asked) => rules[asked]?.(asked === path ? victim : visitor));
          for (const result of results) {
            for (const secret of secrets) expect(JSON.stringify(result)).not.toContain(secret);
          }
        });
      }
    }
  });
}

describe('to the owner', () => {
  const seen: string[] = [];

  for (const operation of operations) {
    it(`${operation.name} gives what is his`, async () => {
      for (const result of await run(operation, owner.key, ruleFor(owner))) {
        expect(result.errors).toBeUndefined();
        const text = JSON.stringify(result);
        expect(text).not.toContain('"__typename":"Refusal"');
        seen.push(text);
      }
    });
  }

  it('shows all that was hidden from others, so that hiding means something', () => {
    const { key, serviceKey, ...shown } = owner;
    for (const value of [...Object.values(shown).flat(), 'ownerzq']) {
      if (value !== owner.startCursor) expect(seen.join('\n')).toContain(value);
    }
    expect(seen.join('\n')).not.toContain(key);
    expect(seen.join('\n')).not.toContain(serviceKey);
  });
});

describe('to a key of a shop that shares a recipient with another', () => {
  const whole = /must be good for the whole merchant/;
  // What only keys of all shops are told is refused, and an answer that is refused shows nothing: so both are asked.
  const asked = [...walkSchema(whole), ...walkSchema()]
    .filter(isOfMerchants)
    // These change what the others tell.
    .filter(({ kind }) => kind !== 'mutation');

  /** What that key has of its own: the shared basket, and all that its shop has beside it. */
  const own = (path: string): unknown => {
    const [mine] = shared.baskets;
    return ruleFor({ ...visitor, ...mine, recipientId: shared.recipientId })(path);
  };

  it('hides what a key of the whole merchant is told', async () => {
    const recipient = operations.find(({ name }) => name === 'Query.recipient');
    const payment = operations.find(({ name }) => name === 'Query.payment');
    for (const operation of [recipient, payment]) {
      const [result] = operation ? await run(operation, visitor.key, own) : [];
      expect(result?.errors).toBeUndefined();
      expect(JSON.stringify(result)).toContain(shared.payoutId);
      expect(JSON.stringify(result)).toContain(`"amount":${shared.balance}`);
    }
  });

  for (const [place, operation] of asked.entries()) {
    it(`${operation.name} tells of its own shop alone${place < asked.length / 2 ? '' : ', whatever is asked of it'}`, async () => {
      const theirs = Object.values(shared.baskets[1] ?? {});
      const secrets = [...secretsOf(sister, [visitor.merchantId]), ...theirs, shared.payoutId];
      for (const result of await run(operation, boundKey, own)) {
        const text = JSON.stringify(result);
        for (const secret of secrets) expect(text).not.toContain(secret);
        expect(text).not.toContain(`"amount":${shared.balance}`);
      }
    });
  }
});
