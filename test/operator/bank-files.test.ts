import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { createLog } from '../../src/kernel/log.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { settleTenant, type Tenant } from '../graphql/world.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
let tenants: readonly Tenant[];

beforeAll(async () => {
  gateway = await startTestGateway();
  tenants = [await settleTenant(gateway, { mark: 'onezq' }), await settleTenant(gateway, { mark: 'twozq' })];
  for (const { payoutId } of tenants) {
    await gateway.database.pool.query(`update payout set status = 'SCHEDULED', sent_at = null where id = $1`, [
      payoutId,
    ]);
    await send();
  }
});

afterAll(() => gateway.stop());

/** What the worker does as well, perhaps sooner. */
const send = () => {
  const { database, config } = gateway;
  return sendPayouts({ database, clock: systemClock, log: createLog('silent'), bankFiles: config.bankFiles });
};

type File = { readonly id: string; readonly status: string; readonly sha256: string; readonly rejectionReason: string };
type Files = { bankFiles: { edges: { cursor: string; node: File }[]; pageInfo: { hasNextPage: boolean } } };

const list = (variables: object) =>
  ask<Files>(
    gateway,
    `query($first: Int, $after: String, $status: [BankFileStatus!], $currency: [Currency!]) {
      bankFiles(first: $first, after: $after, status: $status, currency: $currency) {
        edges { cursor node { id status sha256 transactions currency sum { amount currency } executionDay sessionAt
          createdAt writtenAt rejectedAt rejectionReason } } pageInfo { hasNextPage } } }`,
    { key: gateway.demo.operatorKey, variables },
  );

const filesIn = async (variables: object): Promise<File[]> =>
  (await list(variables)).data.bankFiles.edges.map(({ node }) => node);

/** What keeps payouts from the account of a merchant that is paid in PLN, as he sees it. */
async function heldBy({ key, payoutId }: Tenant): Promise<unknown[]> {
  await gateway.database.pool.query(
    `insert into payout_account (id, merchant_id, currency, iban, valid_from, created_at)
    select id, merchant_id, currency, iban, created_at, created_at from payout where id = $1 on conflict do nothing`,
    [payoutId],
  );
  type Accounts = { viewer: { merchant: { payoutAccounts: { heldBy: unknown }[] } } };
  const { data } = await ask<Accounts>(gateway, '{ viewer { merchant { payoutAccounts { heldBy { id } } } } }', {
    key,
  });
  return data.viewer.merchant.payoutAccounts.map((account) => account.heldBy).filter((payout) => payout !== null);
}

describe('Operators', () => {
  it('see the files for the bank, page by page, and fetch each', async () => {
    const first = (await list({ first: 1 })).data.bankFiles;
    const second = (await list({ first: 1, after: first.edges[0]?.cursor })).data.bankFiles;
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    const nodes = [...first.edges, ...second.edges].map(({ node }) => node);
    for (const [place, node] of nodes.entries()) {
      expect(node).toMatchObject({
        ...{ status: 'MADE', transactions: 1, currency: 'PLN', sum: { amount: 500, currency: 'PLN' } },
        ...{ writtenAt: null, rejectedAt: null, rejectionReason: null },
      });
      const { data } = await ask<{ bankFileContent: string }>(gateway, 'query($id: ID!) { bankFileContent(id: $id) }', {
        ...{ key: gateway.demo.operatorKey, variables: { id: node.id } },
      });
      expect(data.bankFileContent).toContain(tenants.at(-1 - place)?.payoutId.replaceAll('-', ''));
      expect(createHash('sha256').update(data.bankFileContent).digest('hex')).toBe(node.sha256);
    }
  });

  it('narrow the list, and are told of a page that is none', async () => {
    expect(await filesIn({ status: ['REJECTED'] })).toEqual([]);
    expect(await filesIn({ currency: ['EUR'] })).toEqual([]);
    expect(await filesIn({ status: ['MADE'], currency: ['PLN'] })).toHaveLength(2);
    for (const page of [{ first: 101 }, { after: 'nonsense' }]) {
      expect((await list(page)).errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
    }
  });

  it('fetch nothing where there is nothing', async () => {
    const { data } = await ask(gateway, `{ bankFileContent(id: "${crypto.randomUUID()}") }`, {
      key: gateway.demo.operatorKey,
    });
    expect(data).toEqual({ bankFileContent: null });
  });

  it('say that the bank refused one, and its payout goes into another', async () => {
    const [{ id }] = (await filesIn({})) as [File];
    const reject = async (bankFileId: string): Promise<unknown> => {
      const { data } = await ask<{ rejectBankFile: unknown }>(
        gateway,
        `mutation($input: RejectBankFileInput!) { rejectBankFile(input: $input) {
          ... on RejectBankFileSuccess { bankFile { id status rejectionReason } } ... on Refusal { code field } } }`,
        { key: gateway.demo.operatorKey, variables: { input: { bankFileId, reason: 'AM10' } } },
      );
      return data.rejectBankFile;
    };
    expect(await reject(id)).toEqual({ bankFile: { id, status: 'REJECTED', rejectionReason: 'AM10' } });
    expect(await reject(id)).toEqual({ code: 'WRONG_STATE', field: null });
    expect(await reject(crypto.randomUUID())).toEqual({ code: 'NOT_FOUND', field: ['bankFileId'] });
    await gateway.database.pool.query(`update payout set send_at = created_at where status = 'SCHEDULED'`);
    await send();
    expect(await filesIn({ status: ['MADE'] })).toHaveLength(2);
    const { rows } = await gateway.database.pool.query<{ count: bigint }>(
      'select count(distinct bank_file_id) from payout where id = any($1::uuid[]) and bank_file_id <> $2',
      [tenants.map(({ payoutId }) => payoutId), id],
    );
    expect(Number(rows[0]?.count)).toBe(2);
  });

  it('cancel a payout for which the bank refuses its file, once, and see it RETURNED', async () => {
    const [tenant] = tenants as [Tenant];
    const cancel = async (payoutId: string): Promise<unknown> => {
      const { data } = await ask<{ cancelPayout: unknown }>(
        gateway,
        `mutation($input: CancelPayoutInput!) { cancelPayout(input: $input) {
          ... on CancelPayoutSuccess { payout { id status returnReason sentAt shop { id } } } ... on Refusal { code field } } }`,
        {
          key: gateway.demo.operatorKey,
          variables: { input: { payoutId, code: 'AC01', reason: 'no such account' } },
        },
      );
      return data.cancelPayout;
    };
    expect(await cancel(tenant.payoutId)).toEqual({ code: 'WRONG_STATE', field: null });
    await gateway.database.pool.query(
      `update payout set status = 'SCHEDULED', sent_at = null, bank_file_id = null, send_at = expected_at + interval '1 year'
      where id = $1`,
      [tenant.payoutId],
    );
    const payout = { id: tenant.payoutId, status: 'RETURNED', returnReason: 'AC01', sentAt: null };
    expect(await cancel(tenant.payoutId.replaceAll('-', ''))).toMatchObject({ payout });
    expect(await cancel(tenant.payoutId)).toMatchObject({ payout });
    expect(await cancel('not an id')).toEqual({ code: 'NOT_FOUND', field: ['payoutId'] });
    expect(await heldBy(tenant)).toEqual([{ id: tenant.payoutId }]);
  });

  it('say that an account is paid to again from which a payout came back', async () => {
    const [{ payoutId }, other] = tenants as [Tenant, Tenant];
    const resume = async (id: string): Promise<unknown> => {
      const { data } = await ask<{ resumePayouts: unknown }>(
        gateway,
        `mutation($input: ResumePayoutsInput!) { resumePayouts(input: $input) {
          ... on ResumePayoutsSuccess { payout { id status resumedAt } } ... on Refusal { code field } } }`,
        { key: gateway.demo.operatorKey, variables: { input: { payoutId: id, reason: 'it is right' } } },
      );
      return data.resumePayouts;
    };
    expect(await resume(payoutId)).toEqual({
      payout: { id: payoutId, status: 'RETURNED', resumedAt: expect.any(String) },
    });
    expect(await heldBy(tenants[0] as Tenant)).toEqual([]);
    expect(await resume(other.payoutId)).toEqual({ code: 'WRONG_STATE', field: null });
  });
});
