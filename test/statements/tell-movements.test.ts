import { describe, expect, it } from 'vitest';
import { allotAccount } from '../../src/acquirers/sandbox-transfers/allot-account.ts';
import { readBankStatements } from '../../src/statements/read-bank-statements.ts';

const number = allotAccount('one');
const head = [':20:MT940', ':25:57999000090000000000000404', ':28C:1', ':60F:C260301PLN10,00'];

/** The details of a transfer of a grosz, as a bank writes them that cuts them at 65 characters. */
const details = (title: string): readonly string[] =>
  `944;PRZELEW; od: ANNA NOWAK; tyt.: ${title}; TNR: 145271016102123.010001`.match(/.{1,65}/gs) ?? [];

/** Three transfers of 0.01, 20.00 and 30.00 PLN in; the first has this title. */
const fileWith = (lines: readonly string[], closing = '60,01'): string =>
  [
    ...[...head, ':61:2603020302CN0,01NTRFNONREF', `:86:${lines.join('\n')}`],
    ...[':61:2603020302CN20,00NTRFNONREF', `:86:944;PRZELEW; od: JAN; tyt.: ${number}; TNR: 1.1`],
    ...[':61:2603020302CN30,00NTRFNONREF', ':86:944;PRZELEW; od: EWA; tyt.: za kubek; TNR: 1.2'],
    ...[`:62F:C260302PLN${closing}`, ':64:C260302PLN60,01', '-', ''],
  ].join('\n');
const entriesIn = (text: string) => readBankStatements(Buffer.from(text)).statements.flatMap(({ entries }) => entries);
const amountsIn = (text: string) => entriesIn(text).map(({ amount }) => amount);

const amountsOrDoubt = (text: string): readonly bigint[] => {
  try {
    return amountsIn(text);
  } catch (error) {
    expect(String(error)).toMatch(/the balances allow both/);
    return [1n, 2_000n, 3_000n];
  }
};

/** A title whose parts each begin a line where the bank cuts: the first behind 30 characters of its own. */
const cutBefore = (...parts: readonly string[]): string => `${'x'.repeat(30)}${parts.join('')}`;
const full = (line: string): string => line.padEnd(65, 'x');
const doubt = /^Line 7: this :61: may be a movement or stand in the title of the one before/;

describe('Lines of a title that begin like something else', () => {
  it.each([
    ...[':20:x', ':25:x', ':60F:C260301PLN999,00', ':64:C260301PLN999,00', ':86:x', ':99Z:x'],
    ...['{', '{1:F01}', '{4:', '-', '-}', '-}{5:}', ':61:', ':61:zapłata', ':61:2613400302CN5,00NTRFx', ':61:EUR'],
    ...[':62F:', ':62F:x', ':62F:C260301PLN999,00', ':62M:C260301PLN999,00', ':62F:C269901PLN999,00'],
  ])('as %j stop nothing, and stay in the title', (start) => {
    const [first, ...others] = entriesIn(fileWith(details(cutBefore(start))));
    expect([first?.amount, ...others.map(({ amount }) => amount)]).toEqual([1n, 2_000n, 3_000n]);
    expect(first?.title).toContain(start);
    expect(others.map(({ title }) => title)).toEqual([number, 'za kubek']);
  });

  it.each([':20:x', ':25:x', ':60F:X', ':64:x', ':86:x', ':13D:2603021200+0100', ':90C:1PLN0,01', '{', '-', ':62F:x'])(
    'as %j stop nothing behind a line that is not full either',
    (start) => {
      const lines = ['020~00VE02', '~20Za', start, '~2961109010140000071219812874', 'x'.repeat(65)];
      expect(amountsIn(fileWith(lines))).toEqual([1n, 2_000n, 3_000n]);
    },
  );

  it('are fields where no title can have them: behind a line that is not full', () => {
    const file = (start: string) =>
      fileWith(details('a')).replace(':61:2603020302CN30', `${start}\n:61:2603020302CN30`);
    const titles = ['a', number, 'za kubek'];
    for (const start of [':13D:2603021200+0100', ':90D:1PLN0,01', ':64:C260302PLN1,00\nx']) {
      expect(entriesIn(file(start)).map(({ title }) => title)).toEqual(titles);
    }
    // Those of the bank that cancel out, in a form of its own.
    for (const [one, other] of [
      ['C500,00ntrf', 'D500,00ntrf'],
      ['EC500,00NTRF', 'ED500,00NTRF'],
    ]) {
      const odd = file(`:61:2603020302${one}\n:86:${number}\n:61:2603020302${other}\n:86:b`);
      expect(() => entriesIn(odd)).toThrow(/^Line 9: :61: must be like .*500,00/);
      // Behind a full line it is none of a title either, for it is not full and details follow.
      const behind = odd.replace(/^:86:.*JAN; .*/m, (words) => words.padEnd(69, 'x'));
      expect(() => entriesIn(behind)).toThrow(/^Line 9: :61: must be like/);
    }
  });

  it.each([65, 35])('with a closing balance before them begin no statement either, cut at %i', (width) => {
    const start = '944;PRZELEW; od: ANNA NOWAK; tyt.: ';
    const closing = ':62F:C260302PLN000000000000001,00'.padEnd(width);
    for (const next of [':20:x', '{'.padEnd(width), '-'.padEnd(width), ':20:x'.padEnd(width), '']) {
      const words = `${start.padEnd(width, 'x')}${closing}${next}koniec; TNR: 145271016102123.010001`;
      const lines = words.match(new RegExp(`.{1,${width}}`, 'gs')) ?? [];
      const [first, ...others] = entriesIn(fileWith(lines));
      expect(first?.title).toContain('koniec');
      expect(others.map(({ amount }) => amount)).toEqual([2_000n, 3_000n]);
    }
  });

  it('stand in the title of the last movement as well', () => {
    const text = [
      ...[...head, ':61:2603020302CN0,01NTRFNONREF', `:86:${details(cutBefore(':62F:C260302PLN99,00')).join('\n')}`],
      ...[':62F:C260302PLN10,01', '-', ''],
    ].join('\n');
    expect(entriesIn(text)).toMatchObject([{ amount: 1n, title: expect.stringContaining(':62F:C260302PLN99,00') }]);
  });

  it('take no head of the next statement for theirs', () => {
    const last = [
      ...[...head, ':61:2603020302CN0,01NTRFNONREF', `:86:${details(cutBefore(':20:x')).join('\n')}`],
      ...[':62F:C260302PLN10,01', '-', ''],
    ].join('\n');
    expect(amountsIn(last + fileWith(details('a')))).toEqual([1n, 1n, 2_000n, 3_000n]);
  });

  it('do not hide that a file is cut off', () => {
    const [start = ''] = fileWith(details('a')).split(':62F:');
    expect(() => entriesIn(start + fileWith(details('b')))).toThrow(/^Line 1: the statement has no closing balance/);
    for (const rest of [':20:MT940', head.slice(0, 2).join('\n')]) {
      expect(() => entriesIn(fileWith(details('a')) + rest)).toThrow(/^Line 14: the statement has no closing balance/);
    }
    expect(() => entriesIn(fileWith(details('a')).replace('CN30,00', 'XX30,00'))).toThrow(
      /^Line \d+: :61: must be like/,
    );
    expect(() => entriesIn(fileWith(details('a')).replace(':62F:C260302', ':62F:X260302'))).toThrow(
      /^Line \d+: :62F: must be like/,
    );
  });
});

describe('A title that tells of movements', () => {
  const credit = `:61:2603020302CN500,00NTRFNONREF//`;
  const debit = `:61:2603020302DN500,00NTRFNONREF//`;

  it('makes none out of nothing: the balances tell that it is a title', () => {
    const [first, ...others] = entriesIn(fileWith(details(cutBefore(full(credit), `:86:${number}`))));
    expect(first?.title).toContain(credit);
    expect(others.map(({ amount }) => amount)).toEqual([2_000n, 3_000n]);
    expect(amountsIn(fileWith(['x'.repeat(65), debit]))).toEqual([1n, 2_000n, 3_000n]);
  });

  it('and out of two that cancel out neither: the file is refused and says what to do', () => {
    const forged = fileWith(['x'.repeat(65), full(credit), full(`:86:${number}`), debit]);
    expect(() => entriesIn(forged)).toThrow(doubt);
    // The operator sees that they stand in a title.
    expect(amountsIn(forged.replaceAll(/^(?=:61:.*500,00)/gm, ' '))).toEqual([1n, 2_000n, 3_000n]);
  });

  it('counts characters as the bank does: one sign is one, and the tag may be one too', () => {
    const lines = ['x'.repeat(65), full(credit), full(`:86:${number}`), debit];
    expect(() => entriesIn(fileWith(lines).replace('za kubek', '\u{1f642}'.repeat(25)))).toThrow(doubt);
    const tagged = fileWith(['x'.repeat(61), full(credit), full(`:86:${number}`), debit]);
    expect(() => entriesIn(tagged.replace(`tyt.: ${number}`, 'tyt.: za'))).toThrow(doubt);
  });

  it('is not tried in all ways where very many lines are in doubt, and says so', () => {
    const lines = Array.from({ length: 20 }, (_, at) => full(at % 2 === 0 ? credit : debit));
    expect(() => entriesIn(fileWith(['x'.repeat(65), ...lines]))).toThrow(
      /^Line 7: this :61: may be .*, and 19 lines behind it too, and with so many the balances cannot tell; ask/,
    );
  });

  it('also when the two stand in the titles of two transfers', () => {
    const forged = fileWith(['x'.repeat(65), full(credit), `:86:${number}`]).replace(
      /za kubek.*/,
      `za kubek${'x'.repeat(29)}\n${debit}`,
    );
    expect(forged).toMatch(/^:86:.{65}$/m);
    expect(() => entriesIn(forged)).toThrow(doubt);
  });

  it('leaves movements alone that nobody can take for a title', () => {
    const text = (before: string) =>
      fileWith(details('a'))
        .replace(':61:2603020302CN20,00NTRFNONREF', `${credit}\n:86:${before}\n${debit}\n:86:zwrot\n$&`)
        .replace('za kubek', 'x'.repeat(37));
    for (const before of ['b', 'b'.repeat(64), 'b'.repeat(65)]) {
      expect(amountsIn(text(before))).toEqual([1n, 50_000n, 50_000n, 2_000n, 3_000n]);
    }
  });

  it('stops no movements without details, unless some of them cancel out', () => {
    const bare = (...lines: readonly string[]) =>
      fileWith(['x'.repeat(65), ...lines], '65,01').replace(':64:C260302PLN60,01', ':64:C260302PLN65,01');
    expect(amountsIn(bare(':61:2603020302CN5,00NTRFNONREF'))).toEqual([1n, 500n, 2_000n, 3_000n]);
  });

  it('holds up two real movements that cancel out, until the lines before them are broken in two', () => {
    const text = fileWith(['x'.repeat(65), ':61:2603020302CN5,00NTRFNONREF']).replace(
      /za kubek.*/,
      `za kubek${'x'.repeat(29)}\n:61:2603020302DN5,00NTRFNONREF`,
    );
    expect(() => entriesIn(text)).toThrow(doubt);
    expect(amountsIn(text.replaceAll(/x{20}$/gm, '\n$&'))).toEqual([1n, 500n, 2_000n, 3_000n, 500n]);
  });

  it('never makes a movement, wherever the bank cuts it', () => {
    const pieces = [credit, debit, `:86:${number}`, ':62F:C260302PLN60,01', ':62F:C260302PLN10,00', ':20:x', '-}'];
    for (let before = 0; before < 65; before += 1) {
      for (const one of pieces) {
        for (const other of pieces) {
          const text = fileWith(details(`${'x'.repeat(before)}${full(one)}${full(other)}`));
          expect(amountsOrDoubt(text)).toEqual([1n, 2_000n, 3_000n]);
        }
      }
    }
  });
});
