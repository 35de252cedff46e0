import { describe, expect, it } from 'vitest';
import { allotAccount } from '../../src/acquirers/sandbox-transfers/allot-account.ts';
import { readBankStatements } from '../../src/statements/read-bank-statements.ts';
import { entryOf, ownAccount } from './entries.ts';
import { writeMt940 } from './write-mt940.ts';

const number = allotAccount('one');
const payout = '019ac0de5f3a7c119f3e2d1f6b7a8c90';
const read = (text: string) => readBankStatements(Buffer.from(text));

/** A statement of one movement of 1,234.56 PLN in, with the details that a bank writes. */
const statement = (...details: readonly string[]): string =>
  [
    ...[':20:MT940', ':25:57999000090000000000000404', ':28C:1', ':60F:C260301PLN10,00'],
    ...[':61:2603020302CN1234,56NTRFNONREF//BR12345', 'PRZELEW', `:86:${details.join('\n')}`],
    ...[':62F:C260302PLN1244,56', ':64:C260302PLN1244,56', ':86:not of a movement', '-', ''],
  ].join('\n');
const entryIn = (...details: readonly string[]) => read(statement(...details)).statements[0]?.entries[0];

describe('An MT940 file', () => {
  it('of ING, with its account in 29 and its names in 32 and 33', () => {
    expect(
      entryIn(
        ...['020~00VE02', `~20Wplata za zamowienie 12 na rach~21unek ${number}~22`, '~23~24~25'],
        ...['~2961109010140000071219812874~30 10901014~31~32JAN KOWALSKI ~33UL. DLUGA 1', '~34020'],
      ),
    ).toMatchObject({
      ...{ amount: 123_456n, direction: 'CREDIT', bookedOn: '2026-03-02', bankReference: 'BR12345' },
      title: `Wplata za zamowienie 12 na rachunek ${number}`,
      counterpartyName: 'JAN KOWALSKI UL. DLUGA 1',
      counterpartyAccount: 'PL61109010140000071219812874',
      accountNumbers: [number],
    });
  });

  it('of PKO BP, with its account in 38', () => {
    expect(
      entryIn(
        ...['020~00B020UZNANIE', '~20/VAT/23,00/IDC/5231242681/IN', '~21V/PM1253/2018/TXT/Kubek', '~3010901014'],
        ...['~31~32Firma sp. z o.o.~33Gdynia', `~38PL61109010140000071219812874~60${number}`],
      ),
    ).toMatchObject({
      title: '/VAT/23,00/IDC/5231242681/INV/PM1253/2018/TXT/Kubek',
      counterpartyName: 'Firma sp. z o.o.Gdynia',
      counterpartyAccount: 'PL61109010140000071219812874',
      accountNumbers: [number],
    });
  });

  it('with sub-fields behind <, and names in 27 and 28', () => {
    expect(
      entryIn('020<00PRZELEW<10123<20Zaplata', `<21 ${number}<27Anna Nowak<28Sopot<3061109010140000071219812874`),
    ).toMatchObject({ title: `Zaplata ${number}`, counterpartyName: 'Anna NowakSopot', accountNumbers: [number] });
  });

  it('of mBank, with words', () => {
    expect(
      entryIn(
        '944;PRZELEW WEWN. PRZYCH.; z rach.: 61109010140000071219812874; o',
        `d: ANNA NOWAK; tyt.: za ${number.slice(0, 20)}`,
        `${number.slice(20)}; TNR: 145271016102123.010001`,
      ),
    ).toMatchObject({
      title: `za ${number}`,
      counterpartyName: 'ANNA NOWAK',
      counterpartyAccount: 'PL61109010140000071219812874',
      accountNumbers: [number],
    });
  });

  it('of mBank ends with its own reference, whatever the title says', () => {
    const text = statement('944;PRZELEW; tyt.: za ß; TNR: 1.1 i 2; TNR: 145271016102123.010001').replace(
      '//BR12345',
      '',
    );
    expect(read(text).statements[0]?.entries).toMatchObject([
      { title: 'za ß; TNR: 1.1 i 2', bankReference: '145271016102123.010001' },
    ]);
    const unsaid = statement('944;PRZELEW; tyt.: za TNR: 1.1').replace('//BR12345', '');
    expect(read(unsaid).statements[0]?.entries).toMatchObject([{ title: 'za TNR: 1.1', bankReference: undefined }]);
  });

  it.each([' ', '; ', ';TNR:', 'tyt.:', 'od: ', 'z rach.: '])('full of %j is read in no time', (filler) => {
    const long = `944;PRZELEW; tyt.: a${filler.repeat(60_000)}b`;
    const before = performance.now();
    expect(entryIn(long)?.title).toMatch(/^a|b$/);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('of a bank that writes no sub-fields, or nothing at all', () => {
    expect(entryIn(`PRZELEW OD JANA ${number}`)).toMatchObject({
      ...{ title: `PRZELEW OD JANA ${number}`, counterpartyName: undefined, accountNumbers: [number] },
    });
    const bare = statement('').replace(/:86:\n/, '');
    expect(read(bare).statements[0]?.entries).toMatchObject([{ title: 'PRZELEW' }]);
  });

  it('names a payout, wherever a bank puts it, and why it came back', () => {
    for (const details of [
      [`020~00ZWROT~20AC04 ${payout.slice(0, 22)}`, `~21${payout.slice(22)}`],
      [`/EREF/${payout.toUpperCase()}/RTRN/AC04/`],
      [`944;ZWROT; tyt.: ${payout} AC04; TNR: 1`],
    ]) {
      const entry = entryIn(...details);
      expect([entry?.endToEndId?.toLowerCase(), entry?.returnReason]).toEqual([payout, 'AC04']);
    }
    expect(entryIn(`/EREF/${payout}/RTRN//`)?.returnReason).toBe('MS03');
    expect(entryIn(`x${payout}0`)?.endToEndId).toBeUndefined();
  });

  it('in envelopes, with several statements and pages', () => {
    const page = statement('020~20a').replace(':62F:', ':62M:');
    const wrapped = `{1:F01INGBPLPWAXXX0000000000}{2:I940X}{4:\n${statement('020~20b').replace(/-\n$/, '-}{5:}\n')}`;
    expect(read(`\u0001${page}${wrapped}`.slice(1)).statements.map(({ entries }) => entries[0]?.title)).toEqual([
      'a',
      'b',
    ]);
    expect(read(wrapped).statements).toHaveLength(1);
  });

  it('in pages that have no head of their own', () => {
    const [page = ''] = statement('020~20a').split(':64:');
    const next = statement('020~20b')
      .replace(/:20:.*\n/, '')
      .replace(':60F:C260301PLN10,00', ':60M:C260302PLN1244,56')
      .replace(':62F:C260302PLN1244,56', ':62F:C260302PLN2479,12');
    for (const between of ['', '-\n', '-}{5:}\n{1:F01INGBPLPWAXXX0000000000}{2:I940X}{4:\n']) {
      const [{ entries } = { entries: [] }] = read(`${page.replace(':62F:', ':62M:')}${between}${next}`).statements;
      expect(entries.map(({ title }) => title)).toEqual(['a', 'b']);
    }
  });

  it('of a bank that writes details twice, or begins each line of them with the tag', () => {
    const fields = ['150~00PRZELEW', `~20Za zamowienie 12 na rach~21unek ${number}`, '~32JAN KOWALSKI', '~34020'];
    const said = { title: `Za zamowienie 12 na rachunek ${number}`, counterpartyName: 'JAN KOWALSKI' };
    expect(entryIn('150', `:86:${fields[0]}`, ...fields.slice(1))).toMatchObject(said);
    expect(entryIn('PRZELEW OD JANA', `:86:${fields[0]}`, ...fields.slice(1))).toMatchObject(said);
    expect(entryIn(...fields, ':86:PRZELEW', 'OD JANA')).toMatchObject(said);
    expect(entryIn('PRZELEW OD JANA', ':86:kubek', `:86:za ${number}`)).toMatchObject({
      ...{ title: `PRZELEW OD JANA kubek za ${number}`, accountNumbers: [number] },
    });
  });

  it('knows the days around New Year, and movements that are taken back', () => {
    const text = statement('020~20x');
    const at = (line: string) => read(text.replace(/2603020302CN1234,56/, line)).statements[0]?.entries[0];
    expect(at('2601010102C1234,56')?.bookedOn).toBe('2026-01-02');
    expect(at('2601011231C1234,56')?.bookedOn).toBe('2025-12-31');
    expect(at('2512310101C1234,56')?.bookedOn).toBe('2026-01-01');
    expect(at('260101C1234,56')?.bookedOn).toBe('2026-01-01');
    expect(at('260101RD1234,56')).toMatchObject({ direction: 'CREDIT', isReversal: true });
    const back = text
      .replace('2603020302CN', '2603020302RCN')
      .replace(':62F:C260302PLN1244,56', ':62F:D260302PLN1224,56');
    expect(read(back).statements[0]?.entries).toMatchObject([{ direction: 'DEBIT', isReversal: true }]);
  });

  it.each<[string, string, RegExp]>([
    ['is none', 'Hello', /^Line 1: this is neither camt.053, camt.054 \(XML\) nor MT940/],
    ['has no end', statement('a').split(':62F:')[0] ?? '', /^Line 1: the statement has no closing balance/],
    [
      'begins anew before its end',
      `${statement('a').split(':62F:')[0]}${statement('b')}`,
      /^Line 1: the statement has no closing/,
    ],
    ['has no account', statement('a').replace(/:25:.*\n/, ''), /^Line 1: the account is missing/],
    ['has no opening balance', statement('a').replace(/:60F:.*\n/, ''), /^Line 1: the opening balance is missing/],
    [
      'has a bad balance',
      statement('a').replace('C260301PLN10,00', 'X'),
      /^Line 4: :60F: must be like C261126PLN1234,56, not "X"/,
    ],
    ['has a bad line', statement('a').replace('2603020302CN1234,56NTRF', 'X'), /^Line 5: :61: must be like/],
    ['expects money', statement('a').replace('0302CN', '0302EC'), /^Line 5: :61: must be like/],
    ['has no such day', statement('a').replace('2603020302', '2613020302'), /^Line 5: "261302" is no day/],
    [
      'has lost a grosz',
      statement('a').replace('C260302PLN1244,56\n:64', 'C260302PLN1244,55\n:64'),
      /^Line 1: the movements do not lead/,
    ],
    ['has half a grosz', statement('a').replace('CN1234,56', 'CN1234,567'), /^Line 5: :61: must be like/],
    ['has another currency', statement('a').replaceAll('PLN', 'SEK'), /^Line 4: the currency must be one of/],
    ['has strange lines', `:20:x\n-\nstrange\n`, /^Line 3: "strange" belongs to no field/],
  ])('is refused when it %s', (_, text, words) => {
    expect(() => read(text)).toThrow(words);
  });

  it('of a size that nobody sends is refused', () => {
    const entries = Array.from({ length: 50_001 }, () => entryOf({ amount: 1n }));
    expect(() => read(writeMt940('~', [{ account: ownAccount, entries }]))).toThrow(
      /at most 50000 movements; split it/,
    );
    expect(() => readBankStatements(new Uint8Array(17 * 1_048_576))).toThrow(/^The file has \d+ bytes; at most/);
  });
});
