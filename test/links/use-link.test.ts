import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/kernel/db/database.ts';
import type { Payment, PaymentLink } from '../../src/kernel/db/generated/prisma/client.ts';
import type { LinkDeps } from '../../src/links/deps.ts';
import { disableLink } from '../../src/links/disable-link.ts';
import type { OpenedLink } from '../../src/links/find-link.ts';
import { useLasts } from '../../src/links/model.ts';
import { useLink } from '../../src/links/use-link.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { openWorld, paymentNow, type World } from '../payments/world.ts';
import { actorOf, startBlik } from '../support/factories.ts';
import { meddledDatabase } from '../support/meddle.ts';
import { createLinkDeps, makeLink, openLink } from './world.ts';

let world: World;
let deps: LinkDeps;

beforeAll(async () => {
  world = await openWorld();
  deps = createLinkDeps(world.deps);
});
afterAll(() => world.close());

const day = 86_400_000;
const payer = (nonce: string, lastName = 'Kowalski') => ({
  nonce,
  customer: { firstName: 'Łucja', lastName, email: 'lucja@shop.example' },
});
const refused = (opened: OpenedLink, status: string) =>
  expect(useLink(deps, opened, payer('late'))).rejects.toMatchObject({ code: 'LINK_NOT_ACTIVE', status });

describe('Using a link with a single use', () => {
  it('makes its payment from the template, and leads everybody else to the same', async () => {
    const shop = await world.openShop();
    const opened = await openLink(deps, await makeLink(deps, shop, { title: 'Trzy książki', methods: ['BLIK'] }));
    const payment = await useLink(deps, opened, payer('a'));
    expect(payment).toMatchObject({
      ...{ source: 'LINK', linkId: opened.link.id, shopId: shop.id, status: 'NEW', amount: 1234n, currency: 'PLN' },
      ...{ orderId: 'ORD/2026-0001', title: 'Trzy książki', methods: ['BLIK'], customerFirstName: 'Łucja' },
    });
    expect(await paymentNow(world.database, payment.id)).toEqual({ ...payment, inputHash: expect.anything() });
    expect((await useLink(deps, opened, payer('b', 'Nowak'))).id).toBe(payment.id);
    expect(await openLink(deps, opened.link)).toMatchObject({ status: 'USED_UP', link: { made: 1, uses: 1 } });
  });

  it('is possible although it was made before its description had a limit', async () => {
    const link = await makeLink(deps, await world.openShop());
    const template = "template || jsonb_build_object('description', repeat('x', 4001))";
    await world.database.pool.query(`update payment_link set template = ${template} where id = $1`, [link.id]);
    const payment = await useLink(deps, await openLink(deps, link), payer('a'));
    expect(payment.description).toHaveLength(4_001);
  });

  it('makes another when the first expired before anybody tried to pay it', async () => {
    const shop = await world.openShop();
    const opened = await openLink(deps, await makeLink(deps, shop));
    const first = await useLink(deps, opened, payer('a'));
    await world.letPass({ ms: 500 * day });
    expect((await paymentNow(world.database, first.id)).status).toBe('EXPIRED');
    const second = await useLink(deps, opened, payer('a'));
    expect(second.id).not.toBe(first.id);
    expect((await openLink(deps, opened.link)).link).toMatchObject({ made: 2, uses: 1, paymentId: second.id });
  });

  it('makes no other when the shop cancelled it, or when somebody tried to pay what then expired', async () => {
    const shop = await world.openShop();
    const cancelled = await openLink(deps, await makeLink(deps, shop));
    const tried = await openLink(deps, await makeLink(deps, shop));
    const [one, two] = [await useLink(deps, cancelled, payer('a')), await useLink(deps, tried, payer('a'))];
    await cancelPayment(world.deps, actorOf(shop), one.id);
    await startBlik(world.deps, shop, { paymentId: two.id });
    await world.letPass({ ms: 500 * day });
    expect((await paymentNow(world.database, two.id)).status).toBe('EXPIRED');
    expect((await useLink(deps, cancelled, payer('b'))).id).toBe(one.id);
    expect((await useLink(deps, tried, payer('b'))).id).toBe(two.id);
  });
});

describe('Using a link with several uses', () => {
  it('makes a payment for each payer, and one for a form that comes twice', async () => {
    const opened = await openLink(deps, await makeLink(deps, await world.openShop(), { usesMax: null }));
    const first = await useLink(deps, opened, payer('a'));
    expect((await useLink(deps, opened, payer('a'))).id).toBe(first.id);
    const others = [await useLink(deps, opened, payer('b')), await useLink(deps, opened, payer('a', 'Nowak'))];
    expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(3);
  });

  it('looks at none of the payments that were made before, whoever opens it or pays by it', async () => {
    const shop = await world.openShop();
    for (const usesMax of [400, null]) {
      const link = await makeLink(deps, shop, { usesMax });
      const first = await useLink(deps, await openLink(deps, link), payer('a'));
      await copyPayment(first, 300);
      const rows = await rowsLookedAt(async (database) => {
        const watched = createLinkDeps({ ...world.deps, database });
        await useLink(watched, await openLink(watched, link), payer('b'));
      });
      expect(rows).toBeGreaterThan(1);
      expect(rows).toBeLessThan(20);
      expect((await openLink(deps, link)).link).toMatchObject({ made: 302, uses: 302 });
    }
  });

  it('makes as many as it may, and finds those again when it makes no more', async () => {
    const opened = await openLink(deps, await makeLink(deps, await world.openShop(), { usesMax: 2 }));
    const first = await useLink(deps, opened, payer('a'));
    await useLink(deps, opened, payer('b'));
    await refused(opened, 'USED_UP');
    expect((await useLink(deps, opened, payer('a'))).id).toBe(first.id);
  });

  it('gives a use back after a day in which nobody tried to pay', async () => {
    const opened = await openLink(deps, await makeLink(deps, await world.openShop(), { usesMax: 2 }));
    const first = await useLink(deps, opened, payer('a'));
    expect(first.validUntil.getTime() - first.createdAt.getTime()).toBe(day);
    await world.letPass({ ms: day / 2 });
    await useLink(deps, opened, payer('b'));
    await world.letPass({ ms: day / 2 });
    await useLink(deps, opened, payer('c'));
    await refused(opened, 'USED_UP');
  });

  it('makes none in the last minute of the link, and none that outlives it', async () => {
    const shop = await world.openShop();
    const validUntil = new Date(world.clock.now().getTime() + 3_600_000);
    for (const usesMax of [2, null]) {
      const opened = await openLink(deps, await makeLink(deps, shop, { usesMax, validUntil }));
      expect((await useLink(deps, opened, payer('a'))).validUntil).toEqual(validUntil);
    }
    const opened = await openLink(deps, await makeLink(deps, shop, { usesMax: null, validUntil }));
    world.clock.pass({ ms: 3_541_000 });
    await refused(opened, 'EXPIRED');
  });
});

/** Writes a payment again and again, as it was made. */
async function copyPayment({ id }: Payment, times: number): Promise<void> {
  const payment = world.database.prisma.payment;
  const { documents: _, ...row } = await payment.findUniqueOrThrow({ where: { id } });
  await payment.createMany({
    data: Array.from({ length: times }, () => ({ ...row, id: randomUUID(), idempotencyKey: randomUUID() })),
  });
}

type Plan = { readonly 'Actual Rows': number; readonly 'Actual Loops': number; readonly Plans?: readonly Plan[] };

const rowsOf = (plan: Plan): number =>
  plan['Actual Rows'] * plan['Actual Loops'] + (plan.Plans ?? []).reduce((all, inner) => all + rowsOf(inner), 0);

/** How many rows the statements of some work that read payments or links walk through, by the plans that the database makes for them. */
async function rowsLookedAt(work: (database: Database) => Promise<void>): Promise<number> {
  let rows = 0;
  await work(
    meddledDatabase(world.database, async (statement, run) => {
      if (/^\s*select\b[\s\S]*\bpayment/.test(statement.text)) {
        const explained = `explain (analyze, format json) ${statement.text}`;
        const [told] = await world.database.pool
          .query<{ 'QUERY PLAN': { Plan: Plan }[] }>(explained, [...statement.values])
          .then(({ rows: plans }) => plans);
        for (const { Plan: plan } of told?.['QUERY PLAN'] ?? []) rows += rowsOf(plan);
      }
      return run(statement);
    }),
  );
  return rows;
}

describe('Counting the uses of a link', () => {
  const countsOf = async (client: Pick<pg.Client, 'query'>, { id }: PaymentLink) =>
    (await client.query('select made, uses from payment_link where id = $1', [id])).rows[0];

  it('is done by the database, whoever writes a payment, and refused beyond what the link may make', async () => {
    const link = await makeLink(deps, await world.openShop(), { usesMax: 3 });
    const payment = await useLink(deps, await openLink(deps, link), payer('a'));
    await copyPayment(payment, 2);
    await expect(copyPayment(payment, 1)).rejects.toThrow('payment_link_uses');
    const { pool } = world.database;
    await pool.query("update payment set status = 'EXPIRED' where link_id = $1 and id <> $2", [link.id, payment.id]);
    expect(await countsOf(pool, link)).toEqual({ made: 3, uses: 1 });
  });

  it('begins with those of the versions before', async () => {
    const opened = await openLink(deps, await makeLink(deps, await world.openShop(), { usesMax: 2 }));
    const tried = await useLink(deps, opened, payer('a'));
    await startBlik(world.deps, opened.shop, { paymentId: tried.id });
    await useLink(deps, opened, payer('b'));
    await world.letPass(useLasts);
    await useLink(deps, opened, payer('c'));
    const client = await world.database.pool.connect();
    try {
      await client.query(`begin;
        drop trigger payment_takes_link_use on payment; drop trigger payment_gives_link_use_back on payment;
        drop function count_link_uses; update payment_link set made = 0, uses = 0`);
      await client.query(await readFile('prisma/migrations/20261130044957_count_link_uses/migration.sql', 'utf8'));
      expect(await countsOf(client, opened.link)).toEqual({ made: 3, uses: 2 });
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

describe('Disabling a link', () => {
  it('ends the link and the payment of its single use', async () => {
    const shop = await world.openShop();
    const { link } = await openLink(deps, await makeLink(deps, shop));
    const payment = await useLink(deps, await openLink(deps, link), payer('a'));
    const disabled = await disableLink(deps, actorOf(shop), link.id);
    expect(disabled.disabledAt).toEqual(world.clock.now());
    expect((await paymentNow(world.database, payment.id)).status).toBe('CANCELLED');
    world.clock.pass({ ms: 1000 });
    expect(await disableLink(deps, actorOf(shop), link.id)).toEqual(disabled);
  });

  it('leaves the payments of several payers, and makes no more', async () => {
    const shop = await world.openShop();
    const opened = await openLink(deps, await makeLink(deps, shop, { usesMax: null }));
    const payment = await useLink(deps, opened, payer('a'));
    await disableLink(deps, actorOf(shop), opened.link.id);
    expect((await paymentNow(world.database, payment.id)).status).toBe('NEW');
    await refused(opened, 'DISABLED');
  });

  it('is for those with the scope, for links of their own', async () => {
    const [shop, other] = [await world.openShop(), await world.openShop()];
    const link = await makeLink(deps, shop);
    const reader = actorOf(shop, { scopes: ['payments:read'] });
    await expect(disableLink(deps, reader, link.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(disableLink(deps, actorOf(other), link.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await openLink(deps, link)).status).toBe('ACTIVE');
  });
});
