import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveSecret } from '../../src/kernel/seal.ts';
import { signAddress } from '../../src/reports/sign-address.ts';
import { minorUnits, readCsv } from '../reports/world.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { giveKey, settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;
const secret = 'a secret of the gateway, for tests only';

beforeAll(async () => {
  gateway = await startTestGateway({ secret });
  tenant = await settleTenant(gateway, { mark: 'reportzq' });
});

afterAll(() => gateway.stop());

type Report = {
  id: string;
  status: string;
  progress: number;
  rows: number;
  url: string | null;
  fileName: string;
  period: { from: string; until: string; zone: string };
  totals: { column: string; sum: { amount: number; currency: string } }[];
};

const fields =
  'id status progress rows url fileName period { from until zone } totals { column sum { amount currency } }';
const today = () =>
  Temporal.Instant.fromEpochMilliseconds(Date.now()).toZonedDateTimeISO('Europe/Warsaw').toPlainDate().toString();

async function order(input: object, key = tenant.key): Promise<{ report: Report; replayed: boolean; code: string }> {
  const answer = await ask<{ createReport: { report: Report; replayed: boolean; code: string } }>(
    gateway,
    `mutation($input: CreateReportInput!) { createReport(input: $input) {
      ... on CreateReportSuccess { replayed report { ${fields} } } ... on Refusal { code message field }
    } }`,
    { key, variables: { input } },
  );
  return answer.data.createReport;
}

async function readReport(id: string, key = tenant.key): Promise<Report | null> {
  const query = `query($id: ID!) { report(id: $id) { ${fields} } }`;
  return (await ask<{ report: Report | null }>(gateway, query, { key, variables: { id } })).data.report;
}

async function make(input: object): Promise<Report> {
  const { report } = await order(input);
  await expect.poll(async () => (await readReport(report.id))?.status).toBe('READY');
  return (await readReport(report.id)) as Report;
}

const wish = (key: string) => ({
  ...{ shopId: tenant.shopId, idempotencyKey: key, kind: 'TRANSACTIONS', format: 'CSV' },
  ...{ from: today(), until: today() },
});

describe('A report over the API', () => {
  it('is made in the background, and its file has the figures of the API', async () => {
    const report = await make(wish('a report'));
    expect(report).toMatchObject({
      progress: 100,
      period: { from: today(), until: today(), zone: 'Europe/Warsaw' },
      fileName: `transactions_${today()}_${today()}.csv`,
    });
    const rows = await readCsv(Buffer.from(await (await fetch(report.url as string)).arrayBuffer()));
    const answer = await ask<{ transactions: { edges: { node: { id: string; amount: { amount: number } } }[] } }>(
      gateway,
      'query($id: ID!) { transactions(shopId: $id, first: 100) { edges { node { id amount { amount } } } } }',
      { key: tenant.key, variables: { id: tenant.shopId } },
    );
    const nodes = answer.data.transactions.edges.map(({ node }) => node);
    expect(new Set(rows.map((row) => row.transactionId))).toEqual(new Set(nodes.map(({ id }) => id)));
    const listed = nodes.reduce((sum, node) => sum + node.amount.amount, 0);
    expect(rows.reduce((sum, row) => sum + minorUnits(row.amount), 0n)).toBe(BigInt(listed));
    expect(report.totals).toContainEqual({ column: 'amount', sum: { amount: listed, currency: 'PLN' } });
    expect(report.rows).toBe(rows.length);
  });

  it('is the same under the same key', async () => {
    const [one, two] = [await order(wish('twice')), await order(wish('twice'))];
    expect([one.replayed, two.replayed, two.report.id]).toEqual([false, true, one.report.id]);
    expect(await order({ ...wish('twice'), kind: 'REFUNDS' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('is refused to a key without the scope, and says so', async () => {
    const { merchantId } = tenant;
    const { secret: key } = await giveKey(gateway.database, { merchantId, scopes: ['payments:read', 'payouts:read'] });
    expect(await order(wish('none'), key)).toMatchObject({ code: 'FORBIDDEN' });
    const answer = await ask(gateway, '{ reports { edges { node { id } } } }', { key });
    expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });

  it('is listed for whoever may see its shop', async () => {
    const { merchantId, shopId } = tenant;
    const wide = await make({ ...wish('of all shops'), shopId: undefined });
    const { secret: bound } = await giveKey(gateway.database, { merchantId, shopId });
    const list = async (key: string, id?: string): Promise<string[]> => {
      const query = 'query($id: ID) { reports(shopId: $id) { edges { node { id } } } }';
      type Page = { reports: { edges: { node: { id: string } }[] } };
      const answer = await ask<Page>(gateway, query, { key, variables: { id } });
      return answer.data.reports.edges.map(({ node }) => node.id);
    };
    expect(await list(tenant.key)).toEqual(expect.arrayContaining([wide.id, tenant.reportId]));
    expect(await list(bound)).toContain(tenant.reportId);
    expect(await list(bound)).not.toContain(wide.id);
    expect(await list(tenant.key, shopId)).not.toContain(wide.id);
    expect(await readReport(wide.id, bound)).toBeNull();
  });
});

describe('The address of a file', () => {
  const reports = () => ({ publicUrl: gateway.url, addressSecret: deriveSecret(secret, 'report addresses') });
  const urlOf = async () => new URL((await readReport(tenant.reportId))?.url as string);

  it('gives the file compressed to those who take it so, and plain to others', async () => {
    const url = await urlOf();
    const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('content-disposition')).toBe('attachment; filename="payouts_2025-01-01_2025-01-02.csv"');
    expect(plain.headers.get('cache-control')).toBe('private, no-store');
    const compressed = await fetch(url, { headers: { 'accept-encoding': 'gzip;q=0.5' } });
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    const text = await plain.text();
    expect(text).toContain(tenant.payoutId);
    expect(await compressed.text()).toBe(text);
    const refused = await fetch(url, { headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(refused.headers.get('content-encoding')).toBeNull();
    const head = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('holds no credential, and is good for that file alone', async () => {
    const url = await urlOf();
    expect([...url.searchParams.keys()].sort()).toEqual(['expires', 'signature']);
    const status = async (change: (url: URL) => void): Promise<number> => {
      const changed = new URL(url);
      change(changed);
      return (await fetch(changed)).status;
    };
    const other = await make(wish('another file'));
    const { searchParams } = url;
    expect(
      await status((changed) => changed.searchParams.set('expires', `${Number(searchParams.get('expires')) + 1}`)),
    ).toBe(403);
    expect(await status((changed) => changed.searchParams.set('signature', 'A'.repeat(43)))).toBe(403);
    expect(await status((changed) => changed.searchParams.delete('signature'))).toBe(403);
    expect(await status((changed) => Object.assign(changed, { pathname: `/reports/${other.id}` }))).toBe(403);
    expect(await status((changed) => Object.assign(changed, { pathname: '/reports/none' }))).toBe(403);
    expect(await status(() => undefined)).toBe(200);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });

  it('ends, and says what to do', async () => {
    const over = await fetch(signAddress(reports(), tenant.reportId, new Date(Date.now() - 1_000)));
    expect([over.status, await over.json()]).toEqual([
      410,
      { status: 410, code: 'NOT_FOUND', message: expect.stringContaining('is over') },
    ]);
    const good = new Date(Date.now() + 60_000);
    const gone = await fetch(signAddress(reports(), crypto.randomUUID(), good));
    expect([gone.status, await gone.json()]).toEqual([
      410,
      { status: 410, code: 'NOT_FOUND', message: expect.stringContaining('not kept') },
    ]);
  });
});
