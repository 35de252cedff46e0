import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRefundWorld } from '../refunds/world.ts';
import { createProcesses } from '../start/gateway-process.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { type Ran, runCommand } from '../support/run-command.ts';

const processes = createProcesses();
let dataDir: string;

beforeAll(async () => {
  dataDir = await processes.newMigratedDataDir();
  await processes.start(dataDir);
});

afterAll(() => processes.endAll());

/** Runs the command as `npm run ledger:verify` does. */
function run(settings: Record<string, string>, args: readonly string[] = []): Promise<Ran> {
  return runCommand('src/cli/verify-ledger.ts', args, settings);
}

describe('npm run ledger:verify', () => {
  it('checks the database of a gateway that runs on the data dir', async () => {
    const { code, stdout, stderr } = await run({ BRAMKA_DATA_DIR: dataDir });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('ok    all balances of a currency sum to zero: no fault\n');
    expect(stdout).toMatch(/^Checked 0 postings, \d+ accounts, .*: no fault\.$/m);
  });

  it('uses the server of DATABASE_URL, says what it checked, and ends with 1 when something is wrong', async () => {
    const world = await openRefundWorld();
    const { shop } = await world.sell();
    const healthy = await run({ DATABASE_URL: world.url });
    expect(healthy).toMatchObject({ code: 0, stderr: '' });
    expect(healthy.stdout).toContain('PLN: SHOP 100.00, ACQUIRER -100.00; sum 0.00\n');
    expect(healthy.stdout).toMatch(/^Checked 1 postings, .* 1 payments, 1 transactions, .*: no fault\.$/m);
    await world.database.pool.query('update account_balance set amount = amount + 1 where amount <> 0');
    const { code, stdout } = await run({ DATABASE_URL: world.url });
    expect(code).toBe(1);
    expect(stdout.split('\n').filter((line) => line.startsWith('FAULT'))).toEqual([
      `FAULT balance_row: account SHOP ${shop.id} has 100.01 PLN where 100.00 PLN is right (the balance row of an account is the sum of its postings)`,
      expect.stringMatching(/^FAULT owner_balance: .* \(invariant 2\)\)$/),
    ]);
    expect(stdout).toContain('wrong the balance row of an account is the sum of its postings: 1 fault\n');
    expect(stdout).toMatch(/: 2 faults\.\n$/);
    await world.close();
  });

  it('checks one that takes no writes too, as a replica', async () => {
    const { url, drop } = await createTestDatabase();
    const replica = new URL(url);
    replica.searchParams.set('options', '-c default_transaction_read_only=on');
    for (const command of ['src/cli/verify-ledger.ts', 'src/cli/verify-audit.ts']) {
      expect(await runCommand(command, [], { DATABASE_URL: replica.href })).toMatchObject({ code: 0, stderr: '' });
    }
    await drop();
  });

  it('ends with 2 and one line when it cannot check', async () => {
    const { url, drop } = await createEmptyDatabase();
    expect(await run({ DATABASE_URL: url })).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'The database has not all tables of this Bramka; start it once, or run `npm run migrate`.\n',
    });
    await drop();
    expect(await run({}, ['--all'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Unknown option '--all'"),
    });
    expect(await run({}, ['--help'])).toEqual({ code: 0, stdout: 'Usage: npm run ledger:verify\n', stderr: '' });
  });
});
