import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDecimal } from '../../src/kernel/money.ts';
import { spanOf } from '../../src/reports/model.ts';
import type { StatementPart } from '../../src/statements/account-statement.ts';
import type { BankEntry, BankStatement } from '../../src/statements/bank-entry.ts';
import { spellOut } from '../../src/statements/limit-text.ts';
import { readBankStatements } from '../../src/statements/read-bank-statements.ts';
import { writeMt940 } from '../../src/statements/write-mt940.ts';
import { createMerchant } from '../support/factories.ts';
import { type Month, playMonth } from './month.ts';
import { runProgram } from './run-program.ts';
import { minorUnits, openReportWorld, type ReportWorld, readCsv } from './world.ts';

let world: ReportWorld;
let month: Month;
const xsd = fileURLToPath(new URL('camt053.xsd', import.meta.url));
const kind = 'BALANCE_STATEMENT';
const period = { from: '2026-12-01', until: '2026-12-13' };

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

const forms = ['CAMT053', 'MT940'] as const;

const withoutHyphens = (id = ''): string => id.replaceAll('-', '');

/** What our own readers of banks' files must find in the file: the statement as CSV has it. */
async function statementsToRead(format: (typeof forms)[number], days = period): Promise<BankStatement[]> {
  const rows = await readCsv((await world.make(month.shop, { kind, ...days })).file);
  return [...Map.groupBy(rows, ({ account, currency }) => `${account} ${currency}`).values()].map((own) => ({
    account: `${withoutHyphens(own[0]?.account)}${format === 'MT940' ? own[0]?.currency : ''}`.toUpperCase(),
    entries: own.slice(1, -1).map((row) => entryToRead(format, row)),
  }));
}

function entryToRead(format: (typeof forms)[number], row: Record<string, string>): BankEntry {
  const amount = minorUnits(row.amount);
  const { orderId = '' } = row;
  const transaction = withoutHyphens(row.transactionId);
  const movement = withoutHyphens(row.refundId || row.payoutId);
  const lines = [
    (row.kind ?? '').replaceAll('_', ' '),
    ...(orderId === '' ? [] : [`ORDER ${spellOut(orderId, 'SEPA')}`]),
    ...(transaction === '' ? [] : [`TRANSACTION ${transaction}`]),
    ...(movement === '' ? [] : [`MOVEMENT ${movement}`]),
  ];
  // MT940 has no fields for ids: the first one that it names is taken for that of the transfer.
  const [title, endToEndId] =
    format === 'MT940' ? [lines.join(','), transaction || movement] : [orderId, transaction || undefined];
  return {
    ...{ direction: amount < 0n ? 'DEBIT' : 'CREDIT', isReversal: false, amount: amount < 0n ? -amount : amount },
    ...{ currency: row.currency as BankEntry['currency'], bookedOn: row['at (Europe/Warsaw)']?.slice(0, 10) ?? '' },
    ...{ bankReference: row.posting, endToEndId, title, returnReason: undefined },
    ...{ counterpartyName: undefined, counterpartyAccount: undefined, sentTo: undefined, accountNumbers: [] },
  };
}

describe.each(forms)('A statement of a month as %s, read as the file of a bank', (format) => {
  it('says every movement of every account as CSV does: sign, amount, day, number, order and transaction', async () => {
    const { file } = await world.make(month.shop, { kind, format, ...period });
    const { statements } = readBankStatements(file);
    expect(statements).toEqual(await statementsToRead(format));
    const entries = statements.flatMap((statement) => statement.entries);
    expect(new Set(entries.map(({ bookedOn }) => bookedOn)).size).toBeGreaterThan(5);
    expect(entries.filter(({ title }) => title.includes(format === 'MT940' ? 'ZOLC' : 'ŻÓŁĆ')).length).toBeGreaterThan(
      5,
    );
  });

  it('has the accounts that had money and did not move', async () => {
    const days = { from: '2026-12-06', until: '2026-12-06' };
    const { statements } = readBankStatements((await world.make(month.shop, { kind, format, ...days })).file);
    expect(statements).toEqual(await statementsToRead(format, days));
    expect(statements.filter(({ entries }) => entries.length === 0).length).toBeGreaterThan(1);
  });

  it('leads from its opening to its closing balances: with any of them a grosz more it is refused', async () => {
    const text = (await world.make(month.shop, { kind, format, ...period })).file.toString();
    const balance =
      format === 'MT940'
        ? /(?<=:6[02]F:[CD]\d{6}[A-Z]{3})\d+,\d\d/g
        : /(?<=<Cd>(?:OP|CL)BD<\/Cd><\/CdOrPrtry><\/Tp><Amt Ccy="[A-Z]{3}">)\d+\.\d\d/g;
    const balances = [...text.matchAll(balance)];
    expect(balances.length).toBeGreaterThan(10);
    for (const { 0: amount, index } of balances) {
      const more = toDecimal(minorUnits(amount.replace(',', '.')) + 1n).replace('.', format === 'MT940' ? ',' : '.');
      const changed = text.slice(0, index) + more + text.slice(index + amount.length);
      expect(() => readBankStatements(Buffer.from(changed))).toThrow('do not lead from the opening to the closing');
    }
  });
});
