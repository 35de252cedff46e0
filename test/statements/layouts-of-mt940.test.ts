import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readMt940 } from '../../src/statements/read-mt940.ts';

type Transfer = {
  readonly isCredit: boolean;
  readonly amount: number;
  readonly title: string;
  readonly name: string;
  readonly account: string;
  readonly isBare: boolean;
};

const word = fc.constantFrom('zaplata', 'za', 'kubek', 'zamowienie', '12', 'FV', 'zwrot', 'ul.', 'DLUGA', 'OPLATA');
const words = (most: number) => fc.array(word, { minLength: 1, maxLength: most }).map((each) => each.join(' '));
const transfer: fc.Arbitrary<Transfer> = fc.record({
  ...{ title: words(20), name: words(6), account: fc.stringMatching(/^\d{26}$/) },
  isCredit: fc.integer({ min: 0, max: 9 }).map((each) => each > 0),
  isBare: fc.integer({ min: 0, max: 19 }).map((each) => each === 0),
  amount: fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom(5_000, 10_000, 4_999)),
});

const cut = (text: string, width: number): readonly string[] => text.match(new RegExp(`.{1,${width}}`, 'gs')) ?? [];
/** Sub-fields from this code on, of 27 characters each. */
const cells = (text: string, from: number, sign: string): readonly string[] =>
  cut(text, 27)
    .slice(0, from === 20 ? 6 : 2)
    .map((part, at) => `${sign}${from + at}${part}`);
const running = ({ title, name, account }: Transfer): string =>
  `020~00PRZELEW${[...cells(title, 20, '~'), ...cells(name, 32, '~')].join('')}~38PL${account}`;
const free = ({ title, name }: Transfer): string => `PRZELEW OD ${name} ${title}`;
const oneALine =
  (sign: string) =>
  ({ title, name, account }: Transfer): readonly string[] => [
    `020${sign}00PRZELEW`,
    ...[...cells(title, 20, sign), ...cells(name, 32, sign), `${sign}38PL${account}`],
  ];

const layouts: Record<string, (transfer: Transfer) => readonly string[]> = {
  'a sub-field a line, behind ~': oneALine('~'),
  'a sub-field a line, behind <': oneALine('<'),
  'a sub-field a line, behind ^': oneALine('^'),
  'a sub-field a line, the town last': ({ title, name, account }) => [
    ...['150~00PRZELEW', ...cells(title, 20, '~'), `~38PL${account}`],
    ...cells(`${name} 00-000 WARSZAWA UL.`, 62, '~'),
  ],
  'running sub-fields cut at 35': (each) => cut(running(each), 35),
  'running sub-fields cut at 65': (each) => cut(running(each), 65),
  'free text cut at 27': (each) => cut(free(each), 27),
  'free text cut at 35': (each) => cut(free(each), 35),
  'free text cut at 65': (each) => cut(free(each), 65),
  'a code alone': () => ['034'],
  'the code first, then all': (each) => {
    const [first = '', ...rest] = oneALine('~')(each);
    return ['020', `:86:${first}`, ...rest];
  },
  'no details': () => [],
};

const money = (minor: number): string => `${Math.floor(minor / 100)},${String(minor % 100).padStart(2, '0')}`;
const fileOf = (transfers: readonly Transfer[], layout: (transfer: Transfer) => readonly string[]): string => {
  const opening = 100_000_000;
  const moved = transfers.reduce((sum, { isCredit, amount }) => sum + (isCredit ? amount : -amount), 0);
  const movements = transfers.flatMap((each, at) => {
    const [first, ...rest] = each.isBare ? [] : layout(each);
    return [
      `:61:2603020302${each.isCredit ? 'C' : 'D'}N${money(each.amount)}NTRFNONREF//BR2603020000${1_000 + at}`,
      ...(first === undefined ? [] : [`:86:${first}`, ...rest]),
    ];
  });
  return [
    ...[':20:MT940', ':25:/PL57999000090000000000000404', ':28C:1', `:60F:C260301PLN${money(opening)}`],
    ...[...movements, `:62F:C260302PLN${money(opening + moved)}`, ':64:C260302PLN1,00', '-', ''],
  ].join('\n');
};

it.each(Object.entries(layouts))('Honest files of a bank that writes %s are read, whole', (_, layout) => {
  for (const size of [5, 100]) {
    const transfers = fc.array(transfer, { minLength: size, maxLength: size });
    for (const each of fc.sample(transfers, { numRuns: 15, seed: size })) {
      const entries = readMt940(fileOf(each, layout)).statements.flatMap((statement) => statement.entries);
      expect(entries.map(({ amount, direction }) => [direction === 'CREDIT', Number(amount)])).toEqual(
        each.map(({ amount, isCredit }) => [isCredit, amount]),
      );
      // No line of a movement has gone into the title of another.
      expect(entries.map(({ title }) => title).join()).not.toMatch(/:\d\d/);
    }
  }
});
