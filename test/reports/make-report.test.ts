import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBalanceAt } from '../../src/ledger/sql/read-balances-at.ts';
import { readPieces } from '../../src/reports/http.ts';
import { readTotals } from '../../src/reports/model.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { type Month, playMonth } from './month.ts';
import { minorUnits, openReportWorld, type ReportWorld, readCsv } from './world.ts';

let world: ReportWorld;
let month: Month;

beforeAll(async () => {
  world = await openReportWorld();
  month = await playMonth(world);
});

afterAll(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
  await world.close();
});

/** Sums of a table by currency, said by a statement that no report uses. */
async function sums(sql: string, values: readonly unknown[]): Promise<Record<string, bigint>> {
  const { rows } = await world.database.pool.query<{ currency: string; sum: bigint }>(sql, [...values]);
  return Object.fromEntries(rows.map(({ currency, sum }) => [currency, sum]));
}

function sumOf(rows: readonly Record<string, string>[], column: string): Record<string, bigint> {
  const found: Record<string, bigint> = {};
  for (const row of rows) {
    if (row[column] === '') continue;
    const currency = row.currency as string;
    found[currency] = (found[currency] ?? 0n) + minorUnits(row[column]);
  }
  return found;
}

const shopsOf = ({ merchantId }: Shop) => [merchantId];

describe('A report of a month', () => {
  it.each([
    ['TRANSACTIONS', 'amount', 'transaction', 'amount'],
    ['TRANSACTIONS', 'settled', 'transaction', 'settled_amount'],
    ['TRANSACTIONS', 'refunded', 'transaction', 'refunded_amount'],
    ['REFUNDS', 'amount', 'refund', 'amount'],
    ['PAYOUTS', 'net', 'payout', 'net'],
    ['PAYOUTS', 'commission', 'payout', 'commission'],
  ] as const)('of %s has in the column %s what the books have', async (kind, column, table, field) => {
    const { report, file } = await world.make(month.shop, { kind });
    const rows = await readCsv(file);
    expect(report).toMatchObject({ status: 'READY', rows: BigInt(rows.length), failure: null });
    const books = await sums(
      `select t.currency, sum(t.${field})::bigint as sum from "${table}" t
       where ${table === 'payout' ? 't.merchant_id = $1' : 't.shop_id in (select id from shop where merchant_id = $1)'}
       group by 1`,
      shopsOf(month.shop),
    );
    expect(Object.keys(books).length).toBe(3);
    expect(sumOf(rows, column)).toEqual(books);
    const totals = readTotals(report.totals).filter((total) => total.column === column);
    expect(Object.fromEntries(totals.map(({ currency, amount }) => [currency, amount]))).toEqual(books);
  });

  it('of REFUNDS says why some were refused, and what of each the shop bears and what the recipients', async () => {
    const { report, file } = await world.make(month.shop, { kind: 'REFUNDS' });
    const rows = await readCsv(file);
    for (const { status, code } of rows) expect(code).toBe(status === 'REJECTED' ? '05' : '');
    expect(rows.some(({ status }) => status === 'REJECTED')).toBe(true);
    for (const { amount, ofShop, ofRecipients } of rows) {
      expect(minorUnits(ofShop) + minorUnits(ofRecipients)).toBe(minorUnits(amount));
    }
    const books = await sums(
      `select currency, sum(amount)::bigint as sum from refund_share
       where refund_id in (select r.id from refund r join shop s on s.id = r.shop_id where s.merchant_id = $1) group by 1`,
      shopsOf(month.shop),
    );
    expect(books.PLN).toBeGreaterThan(0n);
    expect(sumOf(rows, 'ofRecipients')).toMatchObject(books);
    const totals = readTotals(report.totals).filter(
      ({ column, currency }) => `${column} ${currency}` === 'ofRecipients PLN',
    );
    expect(totals).toMatchObject([{ amount: books.PLN }]);
  });

  it('of COMMISSIONS sums to what payouts have charged and will charge, shares of recipients with it', async () => {
    const rows = await readCsv((await world.make(month.shop, { kind: 'COMMISSIONS' })).file);
    const books = await sums(
      `select currency, sum(amount)::bigint as sum from (
         select currency, amount from commission where shop_id in (select id from shop where merchant_id = $1)
         union all select currency, amount from commission_adjustment
         where shop_id in (select id from shop where merchant_id = $1)) c group by 1`,
      shopsOf(month.shop),
    );
    expect(sumOf(rows, 'amount')).toEqual(books);
    expect(new Set(rows.map(({ bearerId }) => bearerId)).size).toBe(4);
  });

  it('of one shop has nothing of its sister, nor of the recipients', async () => {
    for (const kind of ['TRANSACTIONS', 'REFUNDS', 'PAYOUTS', 'COMMISSIONS', 'BALANCE_STATEMENT'] as const) {
      const all = await world.make(month.shop, { kind });
      const one = await world.make(month.shop, { kind, shopId: month.shop.id });
      const two = await world.make(month.shop, { kind, shopId: month.sister.id });
      expect(one.file.length).toBeLessThan(all.file.length);
      for (const [{ file }, other] of [
        [one, month.sister.id],
        [two, month.shop.id],
        [all, month.stranger.id],
      ] as const) {
        expect(file.includes(other)).toBe(false);
      }
    }
  });

  it('of the balance goes from the opening to the closing balance of each account', async () => {
    const from = '2026-12-05';
    const until = '2026-12-13';
    const { file } = await world.make(month.shop, { kind: 'BALANCE_STATEMENT', from, until });
    const accounts = Map.groupBy(await readCsv(file), ({ account, currency }) => `${account} ${currency}`);
    expect(accounts.size).toBeGreaterThan(6);
    for (const [key, rows] of accounts) {
      const [owner = '', currency] = key.split(' ') as [string, 'PLN'];
      const kind = [month.shop.id, month.sister.id].includes(owner) ? 'SHOP' : 'RECIPIENT';
      const at = (moment: string) => readBalanceAt(world.database, { kind, owner, currency }, new Date(moment));
      expect(rows.map((row) => row.kind)).toEqual(['OPENING', ...rows.slice(1, -1).map((row) => row.kind), 'CLOSING']);
      expect(minorUnits(rows[0]?.balance)).toBe(await at(`${from}T00:00:00+01:00`));
      expect(minorUnits(rows.at(-1)?.balance)).toBe(await at('2026-12-14T00:00:00+01:00'));
      let balance = minorUnits(rows[0]?.balance);
      for (const row of rows.slice(1, -1)) {
        balance += minorUnits(row.amount);
        expect(minorUnits(row.balance)).toBe(balance);
      }
      expect(minorUnits(rows.at(-1)?.balance)).toBe(balance);
    }
  });

  it('of the balance expects no rows of accounts that it leaves out', async () => {
    const { report } = await world.make(month.shop, { kind: 'BALANCE_STATEMENT' });
    expect(report.rowsExpected).toBeLessThanOrEqual(report.rows);
  });

  it('of the balance is the same from snapshots as without', async () => {
    const wish = { kind: 'BALANCE_STATEMENT', from: '2026-12-05', until: '2026-12-13' } as const;
    const before = await world.make(month.shop, wish);
    const { takeSnapshots } = await import('../../src/ledger/take-snapshots.ts');
    const counted = async () =>
      (await world.database.pool.query<{ through: bigint }>('select counted_through as through from snapshot_progress'))
        .rows[0]?.through ?? 0n;
    const countedBefore = await counted();
    for (let round = 0; round < 3; round += 1) await takeSnapshots(world.database);
    expect(await counted()).toBeGreaterThan(countedBefore);
    const after = await world.make(month.shop, wish);
    expect(after.file.toString()).toBe(before.file.toString());
  });

  it('can be narrowed by currency, method and state', async () => {
    const kind = 'TRANSACTIONS';
    const rows = await readCsv((await world.make(month.shop, { kind })).file);
    const narrowed = async (filter: object) => readCsv((await world.make(month.shop, { kind, filter })).file);
    expect(await narrowed({ currency: ['EUR'] })).toEqual(rows.filter((row) => row.currency === 'EUR'));
    expect(await narrowed({ transactionStatus: ['REJECTED'] })).toEqual(
      rows.filter((row) => row.status === 'REJECTED'),
    );
    expect(await narrowed({ method: ['BLIK'] })).toEqual([]);
    expect(await narrowed({ method: ['BLIK', 'CARD'], currency: [] })).toEqual(rows);
  });

  it('begins and ends at midnight in Warsaw, and writes moments so', async () => {
    const wish = { kind: 'TRANSACTIONS', from: '2026-12-01', until: '2026-12-01' } as const;
    const rows = await readCsv((await world.make(month.shop, wish)).file);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row['createdAt (Europe/Warsaw)']).toMatch(/^2026-12-01T12:00:0\d\+01:00$/);
  });

  it('has no cell that a program for tables takes for a formula, and numbers that are numbers', async () => {
    const rows = await readCsv((await world.make(month.shop, { kind: 'TRANSACTIONS' })).file);
    const seen = rows.map(({ title }) => title);
    expect(seen).toContain(`'=HYPERLINK("http://evil.example")`);
    expect(seen).toContain(`'@SUM(A1)`);
    expect(seen).toContain(`'-5+7`);
    expect(seen).toContain(`x, "y";'=1+1`);
    expect(seen).toContain('Zażółć gęślą jaźń');
    const statement = await readCsv((await world.make(month.shop, { kind: 'BALANCE_STATEMENT' })).file);
    expect(statement.some(({ amount }) => amount?.startsWith('-'))).toBe(true);
  });
});

describe('The making of a report', () => {
  it('begins anew when whoever made it was lost, and only the last attempt counts', async () => {
    const { id } = await world.order(month.shop, { kind: 'PAYOUTS' });
    await world.database.pool.query(
      `update report set status = 'RUNNING', attempt = 1, rows = 99, bytes = 3 where id = $1`,
      [id],
    );
    await world.database.pool.query(`insert into report_piece values ($1, 1, 0, 'abc')`, [id]);
    await world.work();
    const report = await world.reportNow(id);
    expect(report).toMatchObject({ status: 'READY', attempt: 2 });
    const { rows } = await world.database.pool.query<{ attempt: number; size: number }>(
      'select attempt, length(bytes) as size from report_piece where report_id = $1',
      [id],
    );
    expect(rows).toEqual([{ attempt: 2, size: Number(report.bytes) }]);
  });

  it('is given up when it was begun ten times and its worker was lost each time', async () => {
    const { id } = await world.order(month.shop, { kind: 'PAYOUTS' });
    await world.database.pool.query(`update report set status = 'RUNNING', attempt = 10 where id = $1`, [id]);
    await world.work();
    const failure = expect.stringContaining('order it again later');
    expect(await world.reportNow(id)).toMatchObject({ status: 'FAILED', attempt: 11, rows: 0n, failure });
    expect(world.alarms.splice(0)).toEqual(['a report was given up']);
  });

  it('is done once: a job that runs again changes nothing', async () => {
    const { report } = await world.make(month.shop, { kind: 'PAYOUTS' });
    const { makeReport } = await import('../../src/reports/make-report.ts');
    await makeReport(world.reports, report.id);
    expect(await world.reportNow(report.id)).toEqual(report);
  });

  it('leaves a file that ends after 30 days, and a report that stays', async () => {
    const { report } = await world.make(month.shop, { kind: 'PAYOUTS' });
    await world.database.pool.query(
      `insert into report_piece select $1, $2, number, 'abc' from generate_series(1, 1200) as number`,
      [report.id, report.attempt],
    );
    world.clock.pass({ ms: 30 * 86_400_000 });
    await world.work();
    expect(await world.reportNow(report.id)).toMatchObject({ status: 'EXPIRED', rows: report.rows });
    const { rows } = await world.database.pool.query('select 1 from report_piece where report_id = $1', [report.id]);
    expect(rows).toEqual([]);
  });
});

it('A file that ends while it is fetched breaks off, and does not look whole', async () => {
  const { report } = await world.make(month.shop, { kind: 'PAYOUTS' });
  const whole: Uint8Array[] = [];
  for await (const piece of readPieces(world.reports, report)) whole.push(piece);
  expect(BigInt(Buffer.concat(whole).length)).toBe(report.bytes);
  world.clock.pass({ ms: 30 * 86_400_000 });
  await world.work();
  await expect(readPieces(world.reports, report).next()).rejects.toThrow('ended while');
});

describe('An order of a report', () => {
  it.each([
    [{ kind: 'PAYOUTS', from: '2026-12-02', until: '2026-12-01' }, 'until must not be before from'],
    [{ kind: 'PAYOUTS', until: '2031-01-01' }, 'until lies ahead'],
    [{ kind: 'PAYOUTS', from: '2025-11-01' }, 'at most 366 days'],
    [{ kind: 'PAYOUTS', from: '0000-01-01', until: '0000-01-02' }, 'from 2000-01-01 on'],
    [{ kind: 'PAYOUTS', idempotencyKey: 'schedule x 2026-12-01' }, 'those of schedules'],
    [{ kind: 'PAYOUTS', format: 'MT940' }, 'MT940 is a form of bank statements'],
    [{ kind: 'BALANCE_STATEMENT', format: 'CAMT053' }, 'until is not over'],
    [{ kind: 'PAYOUTS', filter: { method: ['BLIK'] } }, 'cannot be narrowed by method'],
    [{ kind: 'PAYOUTS', filter: { refundStatus: ['SETTLED'] } }, 'narrow it by payoutStatus'],
    [{ kind: 'COMMISSIONS', filter: { payoutStatus: ['SETTLED'] } }, 'it has no states'],
  ] as const)('is refused when it makes no sense: %j', async (input, sentence) => {
    await expect(world.order(month.shop, input)).rejects.toThrow(sentence);
  });

  it('gives the same report under the same key, and refuses another wish under it', async () => {
    const first = await world.order(month.shop, { kind: 'PAYOUTS', idempotencyKey: 'a key' });
    const again = await world.order(month.shop, { kind: 'PAYOUTS', idempotencyKey: 'a key' });
    expect(again.id).toBe(first.id);
    await expect(world.order(month.shop, { kind: 'REFUNDS', idempotencyKey: 'a key' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    const twins = await Promise.all(
      Array.from({ length: 6 }, () => world.order(month.shop, { kind: 'PAYOUTS', idempotencyKey: 'another key' })),
    );
    expect(new Set(twins.map(({ id }) => id)).size).toBe(1);
  });

  it('is refused while 20 of the merchant wait, over all his shops, but not what was ordered before', async () => {
    const shop = await world.openShop();
    const ordered = await Promise.allSettled(
      Array.from({ length: 22 }, (_, number) =>
        world.order(shop, {
          kind: 'PAYOUTS',
          idempotencyKey: `k${number}`,
          ...(number % 2 ? { shopId: shop.id } : {}),
        }),
      ),
    );
    const refused = ordered.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'TOO_MANY_REPORTS' } }, { reason: { code: 'TOO_MANY_REPORTS' } }]);
    const kept = ordered.findIndex(({ status }) => status === 'fulfilled');
    const again = { idempotencyKey: `k${kept}`, ...(kept % 2 ? { shopId: shop.id } : {}) };
    expect(await world.order(shop, { kind: 'PAYOUTS', ...again })).toBeDefined();
    const { rows } = await world.database.pool.query(`select distinct queue from timer where merchant_id = $1`, [
      shop.merchantId,
    ]);
    expect(rows).toContainEqual({ queue: `reports ${shop.merchantId}` });
    await world.work();
    expect(await world.order(shop, { kind: 'PAYOUTS' })).toMatchObject({ status: 'QUEUED' });
  });

  it('of a key that is bound to a shop is about that shop, whatever it leaves out', async () => {
    const { createReport } = await import('../../src/reports/create-report.ts');
    const actor = actorOf(month.shop, { shopId: month.sister.id });
    const wish = {
      kind: 'PAYOUTS',
      format: 'CSV',
      from: '2026-12-01',
      until: '2026-12-02',
      idempotencyKey: 'b',
    } as const;
    expect((await createReport(world.reports, actor, wish)).report.shopId).toBe(month.sister.id);
    await expect(createReport(world.reports, actor, { ...wish, shopId: month.shop.id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const blind = actorOf(month.shop, { scopes: ['payouts:read', 'reports:read'] });
    await expect(createReport(world.reports, blind, wish)).rejects.toThrow('reports:write');
  });
});
