import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcesses, type Gateway } from '../start/gateway-process.ts';
import { createPayment, payByBlik } from '../start/pay.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { ask } from '../support/gateway.ts';
import { overWebSocket } from '../support/live.ts';
import { type Ran, root, runCommand } from '../support/run-command.ts';

const processes = createProcesses();
let dataDir: string;
let gateway: Gateway;
/** The day on which the sale below settled, in Warsaw. */
let day: string;
let saleId: string;

beforeAll(async () => {
  dataDir = await processes.newMigratedDataDir();
  gateway = await processes.start(dataDir);
  const sale = await sell(gateway);
  saleId = sale.transactionId;
  day = Temporal.Instant.from(sale.settledAt).toZonedDateTimeISO('Europe/Warsaw').toPlainDate().toString();
});

afterAll(() => processes.endAll());

/** Sells for 12.34 PLN by BLIK and waits until it is settled. */
async function sell(from: Gateway): Promise<{ transactionId: string; settledAt: string }> {
  const { payment } = await createPayment(from, { idempotencyKey: 'sale' });
  const paymentId = payment?.id ?? '';
  const query = 'subscription ($id: ID!) { paymentUpdated(id: $id) { payment { settledAt } } }';
  const news = await overWebSocket<{ paymentUpdated: { payment: { settledAt: string | null } } }>(from, {
    query,
    variables: { id: paymentId },
  });
  const { transaction } = await payByBlik(from, { paymentId, idempotencyKey: 'sale' });
  let settledAt: string | null | undefined = null;
  while (settledAt === null) settledAt = (await news.next())?.data?.paymentUpdated.payment.settledAt;
  news.end();
  return { transactionId: transaction?.id ?? '', settledAt: settledAt ?? '' };
}

/** Runs the command as `npm run reconcile` does, on the data dir unless other settings are given. */
function run(args: readonly string[], settings: Record<string, string> = { BRAMKA_DATA_DIR: dataDir }): Promise<Ran> {
  return runCommand('src/cli/reconcile.ts', args, settings);
}

const ofDay = (...more: string[]): string[] => ['--acquirer', 'sandbox-blik', '--day', day, ...more];

describe('npm run reconcile, beside a gateway that runs', () => {
  it('is a command of the package', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: object };
    expect(scripts).toMatchObject({ reconcile: expect.stringMatching(/ node src.cli.reconcile.ts$/) });
  });

  it('says that there is no difference, and ends with 0', async () => {
    const summary = `sandbox-blik ${day}: 1 line there, 1 settled here, no difference.\n`;
    expect(await run(ofDay())).toEqual({ code: 0, stdout: summary, stderr: '' });
  });

  it('keeps what the acquirer said, and finds a grosz that is missing when that is given back to it', async () => {
    const file = join(dataDir, 'day.csv');
    expect((await run(ofDay('--save', file))).code).toBe(0);
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(new RegExp(`^kind,reference,amount,currency,at\nsale,${saleId},1234,PLN,\\S+Z\n$`));
    expect((await run(ofDay('--file', file))).code).toBe(0);
    await writeFile(file, text.replace(',1234,', ',1233,'));
    const { code, stdout, stderr } = await run(ofDay('--file', file));
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^AMOUNT sale ${saleId}: here SETTLED 12.34 PLN \\S+Z, there 12.33 PLN \\S+Z$`)),
      `sandbox-blik ${day}: 1 line there, 1 settled here, 1 different (AMOUNT 1).`,
      '',
    ]);
  });

  it('tells all kinds of differences, and lines of other days, also to programs', async () => {
    const file = join(dataDir, 'other.csv');
    const noon = `${day}T11:00:00Z`;
    const huge = '9223372036854775807';
    const lines = [`refund,FT 1\u001b[2J,${huge},EUR,${noon}`, `sale,FT 2,1,PLN,2020-01-01T00:00:00Z`];
    await writeFile(file, ['kind,reference,amount,currency,at', ...lines].join('\n'));
    const said = await run(ofDay('--file', file));
    expect(said.code).toBe(1);
    expect(said.stdout.split('\n')).toEqual([
      String.raw`MISSING_HERE refund "FT 1\u001b[2J": here nothing, there 92233720368547758.07 EUR ${day}T11:00:00.000Z`,
      expect.stringMatching(new RegExp(`^MISSING_THERE sale ${saleId}: here SETTLED 12.34 PLN \\S+Z, there nothing$`)),
      `sandbox-blik ${day}: 1 line there, 1 settled here, 2 different (MISSING_HERE 1, MISSING_THERE 1). ` +
        'Lines of other days that were passed over: 1.',
      '',
    ]);
    const told = await run(ofDay('--file', file, '--json'));
    expect(told.code).toBe(1);
    expect(JSON.parse(told.stdout)).toEqual({
      ...{ acquirer: 'sandbox-blik', day, there: 1, here: 1, passedOver: 1 },
      differences: [
        {
          kind: 'MISSING_HERE',
          there: {
            kind: 'refund',
            reference: 'FT 1\u001b[2J',
            amount: huge,
            currency: 'EUR',
            at: `${day}T11:00:00.000Z`,
          },
        },
        {
          kind: 'MISSING_THERE',
          here: {
            ...{ kind: 'sale', reference: saleId, amount: '1234', currency: 'PLN', status: 'SETTLED' },
            isOnAccount: false,
            at: expect.stringMatching(/Z$/),
          },
        },
      ],
    });
  });

  it('changes nothing in the books', async () => {
    const query = '{ payments(shopId: "SHOP") { edges { node { status } } } }'.replace('SHOP', gateway.demo.shopId);
    const { data } = await ask(gateway, query);
    expect(data).toEqual({ payments: { edges: [{ node: { status: 'SETTLED' } }] } });
  });

  it.each([
    [[], '--acquirer and --day are needed.\nUsage: npm run reconcile'],
    [['--day', '2026-11-26'], '--acquirer and --day are needed.\nUsage:'],
    [['--acquirer', 'sandbox-blik', '--day', '2026-02-30'], '"2026-02-30" is no day; write it as 2026-11-26.\n'],
    [
      ['--acquirer', 'x', '--day', '2026-11-26'],
      'There is no acquirer "x"; this gateway has sandbox-blik, sandbox-banks',
    ],
    [['--all'], "Unknown option '--all'"],
    [['2026-11-26'], "Unexpected argument '2026-11-26'"],
    [['--acquirer', 'x', '--day', '2026-11-26', '--file', '/nowhere.csv'], 'The day file cannot be read: ENOENT'],
    [
      ['--acquirer', 'sandbox-blik', '--day', '2026-11-26', '--file', 'package.json'],
      'package.json cannot be used.\nLine 2: this is no CSV (',
    ],
  ])('ends with 2 and says what is wrong, when it is given %j', async (args, said) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('    at ');
  });

  it('tells how it is used', async () => {
    expect(await run(['--help'])).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: /), stderr: '' });
  });
});

describe('npm run reconcile without such a gateway', () => {
  const wish = ['--acquirer', 'sandbox-banks', '--day', '2026-11-26'];

  it('uses the server of DATABASE_URL', async () => {
    const { url, drop } = await createTestDatabase();
    expect(await run(wish, { DATABASE_URL: url })).toMatchObject({
      code: 0,
      stdout: 'sandbox-banks 2026-11-26: 0 lines there, 0 settled here, no difference.\n',
    });
    await drop();
  });

  it('says that the database is not one of this Bramka', async () => {
    const { url, drop } = await createEmptyDatabase();
    const { code, stderr } = await run(wish, { DATABASE_URL: url });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^The database has not all tables of this Bramka; .*\n$/),
    ]);
    await drop();
  });

  it('says that none is running on the data dir, and makes none', async () => {
    const empty = await processes.newDataDir();
    const { code, stderr } = await run(wish, { BRAMKA_DATA_DIR: empty });
    expect([code, stderr]).toEqual([
      2,
      `No Bramka is running on the data directory ${empty}; start it, name another directory in BRAMKA_DATA_DIR, or set DATABASE_URL.\n`,
    ]);
  });
});
