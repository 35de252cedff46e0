import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spanOf } from '../../src/reports/model.ts';
import type { StatementPart } from '../../src/statements/account-statement.ts';
import { writeMt940 } from '../../src/statements/write-mt940.ts';
import { createMerchant } from '../support/factories.ts';
import { type Month, playMonth } from './month.ts';
import { runProgram } from './run-program.ts';
import { minorUnits, openReportWorld, type ReportWorld, readCsv } from './world.ts';

let world: ReportWorld;
let month: Month;
const xsd = fileURLToPath(new URL('camt053.xsd', import.meta.url));
const kind = 'BALANCE_STATEMENT';
const period = { from: '2026-12-01', until: '2026-12-13' } as const;

beforeAll(async () => {
  world = await openReportWorld();
  month = await playMonth(world, 5);
});

afterAll(() => world.close());

/** A statement as whatever file has it. */
type Statement = { account: string; opening: bigint; closing: bigint; movements: bigint[]; numbers: string[] };

async function statementsInCsv(): Promise<Statement[]> {
  const rows = await readCsv((await world.make(month.shop, { kind, ...period })).file);
  const accounts = Map.groupBy(rows, ({ account, currency }) => `${account?.replaceAll('-', '')} ${currency}`);
  return [...accounts].map(([account, own]) => ({
    account,
    opening: minorUnits(own[0]?.balance),
    closing: minorUnits(own.at(-1)?.balance),
    movements: own.slice(1, -1).map(({ amount }) => minorUnits(amount)),
    numbers: own.slice(1, -1).map(({ posting }) => posting ?? ''),
  }));
}

/** Reads the file line by line as xmllint lays it out: one element a line. */
async function statementsInCamt(file: Buffer): Promise<Statement[]> {
  const lines = (await runProgram('xmllint', ['--format', '$FILE'], file)).split('\n').map((line) => line.trim());
  const found: Statement[] = [];
  let [within, amount, balance, id] = ['', 0n, '', ''];
  for (const line of lines) {
    const [, name = '', currency, text = ''] = /^<(\w+)(?: Ccy="(\w+)")?>(.*?)(?:<\/\w+>)?$/.exec(line) ?? [];
    if (name === 'Stmt') found.push({ account: '', opening: 0n, closing: 0n, movements: [], numbers: [] });
    const statement = found.at(-1) as Statement;
    if (['Acct', 'Bal', 'Ntry', 'TxDtls', 'GrpHdr', 'Stmt'].includes(name)) within = name;
    if (within === 'Acct' && name === 'Id' && text !== '') id = text;
    if (within === 'Acct' && name === 'Ccy') statement.account = `${id} ${text}`;
    if (name === 'Cd' && within === 'Bal') balance = text;
    if (name === 'Amt') {
      expect(currency).toBe(statement.account.slice(-3));
      amount = minorUnits(text);
    }
    if (name === 'NtryRef') statement.numbers.push(text);
    if (name !== 'CdtDbtInd') continue;
    const signed = text === 'DBIT' ? -amount : amount;
    if (within === 'Bal' && balance === 'OPBD') statement.opening = signed;
    if (within === 'Bal' && balance === 'CLBD') statement.closing = signed;
    if (within === 'Ntry') statement.movements.push(signed);
  }
  return found;
}

/** Reads the fields as SWIFT describes them, by a reader that stands here alone. */
function statementsInMt940(file: Buffer): Statement[] {
  const text = file.toString('ascii');
  expect(text).toMatch(/^(?:[\x20-\x7e]*\r\n)*$/);
  const found: Statement[] = [];
  for (const line of text.split('\r\n')) {
    expect(line.length).toBeLessThanOrEqual(line.startsWith(':') ? 70 : 65);
    const [, tag, rest = ''] = /^:(\w+):(.*)$/.exec(line) ?? [];
    if (tag === '20') found.push({ account: '', opening: 0n, closing: 0n, movements: [], numbers: [] });
    const statement = found.at(-1) as Statement;
    if (tag === '25') statement.account = `${rest.slice(0, 32)} ${rest.slice(32)}`;
    const sum = (sign = '', size = ''): bigint => minorUnits(`${sign === 'D' ? '-' : ''}${size.replace(',', '.')}`);
    const [, balanceSign, day, , balance] = /^([CD])(\d{6})([A-Z]{3})(\d+,\d\d)$/.exec(rest) ?? [];
    if (tag === '60F') [statement.opening] = [sum(balanceSign, balance), expect(day).toBe('261201')];
    if (tag === '62F') [statement.closing] = [sum(balanceSign, balance), expect(day).toBe('261213')];
    if (tag !== '61') continue;
    const [, sign, amount, reference, number] =
      /^\d{10}([CD])(\d+,\d\d)N[A-Z]{3}((?:(?!\/\/).){1,16})\/\/(\d{1,16})$/.exec(rest) ?? [];
    expect(reference, rest).toBeDefined();
    statement.movements.push(sum(sign, amount));
    statement.numbers.push(number ?? '');
  }
  return found;
}

describe('The reference of an entry in MT940', () => {
  it.each([
    ['A/1', 'A/1'],
    ['A//1', 'NONREF'],
    ['A1/', 'NONREF'],
    ['12345678901234567', 'NONREF'],
  ])('of the order %s is %s, since two strokes would end it', async (orderId, reference) => {
    const parts = async function* (): AsyncGenerator<StatementPart> {
      const account = { account: 'a', name: 'A', currency: 'PLN', opening: 0n, closing: 1n } as const;
      yield { part: 'start', ...account };
      const none = { transactionId: undefined, movementId: undefined };
      yield { part: 'entry', number: '7', kind: 'SALE', amount: 1n, at: new Date(), orderId, ...none };
      yield { part: 'end' };
    };
    const wish = { from: Temporal.PlainDate.from('2026-12-01'), until: Temporal.PlainDate.from('2026-12-01') };
    const file = { id: 'x', madeAt: new Date(), ...wish, span: spanOf(wish), ownerName: 'A' };
    const written = (await Array.fromAsync(writeMt940(file, parts()))).join('');
    expect(/^:61:\d{10}C0,01NTRF(.*)\/\/7\r$/m.exec(written)?.[1]).toBe(reference);
  });
});

describe('A statement of a month', () => {
  it('as camt.053 has the form of ISO 20022, and to the grosz what CSV has', async () => {
    const { file, report } = await world.make(month.shop, { kind, format: 'CAMT053', ...period });
    expect(report).toMatchObject({ status: 'READY' });
    await runProgram('xmllint', ['--noout', '--schema', xsd, '$FILE'], file);
    const statements = await statementsInCamt(file);
    expect(statements.length).toBeGreaterThan(5);
    expect(statements).toEqual(await statementsInCsv());
    for (const { opening, closing, movements } of statements) {
      expect(movements.reduce((sum, amount) => sum + amount, opening)).toBe(closing);
    }
    expect(file.toString()).not.toContain(month.stranger.id.replaceAll('-', ''));
  });

  it('as MT940 has the form of SWIFT, and to the grosz what CSV has', async () => {
    const { file } = await world.make(month.shop, { kind, format: 'MT940', ...period });
    expect(statementsInMt940(file)).toEqual(await statementsInCsv());
  });

  it.each(['CAMT053', 'MT940'] as const)('without any account is no %s file, and says so', async (format) => {
    const withoutShop = { ...month.shop, merchantId: await createMerchant(world.database) };
    const days = { from: '2026-11-01', until: '2026-11-02' };
    const { report } = await world.make(withoutShop, { kind, format, ...days });
    expect(report).toMatchObject({ status: 'FAILED', failure: 'There is no account in these currencies yet.' });
  });

  it('of days on which nothing was booked says so for each of its accounts', async () => {
    const idle = await world.openShop();
    const days = { from: '2026-11-01', until: '2026-11-02' };
    const { file } = await world.make(idle, { kind, format: 'CAMT053', ...days, filter: { currency: ['PLN'] } });
    await runProgram('xmllint', ['--noout', '--schema', xsd, '$FILE'], file);
    expect(await statementsInCamt(file)).toMatchObject([{ opening: 0n, closing: 0n, movements: [] }]);
  });
});
