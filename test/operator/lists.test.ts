import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { newId } from '../../src/kernel/ids.ts';
import { insertMessage } from '../../src/support/store.ts';
import { createMerchant, createShop } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

type Page = { readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[] };

const longAgo = new Date('2025-01-01T00:00:00.000Z');
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
  // All of one millisecond, as many may be that come in one call of a program.
  for (let count = 0; count < 5; count += 1) await makeOne();
});

afterAll(() => gateway.stop());

async function makeOne(): Promise<void> {
  const { database } = gateway;
  const merchantId = await createMerchant(database);
  const { shop } = await createShop(database, { merchantId });
  await inTransaction(database, (tx) =>
    insertMessage(tx, {
      ...{ id: newId(longAgo), merchantId, shopId: shop.id, idempotencyKey: 'x', inputHash: new Uint8Array(32) },
      ...{ text: 'Hello.', newUrl: null, status: 'OPEN', answer: null, createdAt: longAgo, updatedAt: longAgo },
    }),
  );
}

type List = { readonly table: string; readonly id: string; readonly status: string; readonly after: string };

const lists: readonly (readonly [string, List])[] = [
  ['applications', { table: 'merchant', id: 'merchantId', status: 'ACTIVE', after: 'NOTICE' }],
  ['reviewedShops', { table: 'shop', id: 'id', status: 'ACTIVE', after: 'SUSPENDED' }],
  ['supportMessages', { table: 'support_message', id: 'id', status: 'OPEN', after: 'ANSWERED' }],
];

const askPage = (name: string, { id }: List, args: string) =>
  ask<{ list: Page }>(gateway, `{ list: ${name}(${args}) { edges { cursor node { id: ${id} } } } }`, {
    key: gateway.demo.operatorKey,
  });

async function idsOf({ table, status }: List): Promise<string[]> {
  const text = `select id from ${table} where status::text = $1 order by created_at, id`;
  return (await gateway.database.pool.query<{ id: string }>(text, [status])).rows.map(({ id }) => id);
}

describe.each(lists)('The list %s of operators', (name, list) => {
  it('loses no row between its pages, though many were made at once', async () => {
    const seen: string[] = [];
    for (let after = ''; ; ) {
      const { edges } = (await askPage(name, list, `status: [${list.status}], first: 2${after}`)).data.list;
      if (edges.length === 0) break;
      seen.push(...edges.map(({ node }) => node.id));
      after = `, after: "${edges.at(-1)?.cursor}"`;
    }
    expect(seen).toEqual(await idsOf(list));
    expect(seen.length).toBeGreaterThanOrEqual(5);
  });

  it('loses none when the last of a page has been dealt with meanwhile', async () => {
    const all = await idsOf(list);
    const [cursor] = (await askPage(name, list, `status: [${list.status}], first: 2`)).data.list.edges.slice(-1);
    await gateway.database.pool.query(`update ${list.table} set status = $2 where id = $1`, [all[1], list.after]);
    const { edges } = (await askPage(name, list, `status: [${list.status}], first: 2, after: "${cursor?.cursor}"`)).data
      .list;
    expect(edges.map(({ node }) => node.id)).toEqual(all.slice(2, 4));
  });

  it.each([
    'first: 101',
    'first: -1',
    'after: "x"',
    `after: "${Buffer.from('GPC:S:00000000-0000-4000-8000-000000000000').toString('base64')}"`,
    `after: "${Buffer.from(`GPC:S:${'a'.repeat(20)}`).toString('base64')}"`,
  ])('is refused with %s', async (args) => {
    const { errors } = await askPage(name, list, args);
    expect(errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
  });
});
