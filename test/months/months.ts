import fc from 'fast-check';
import type { Currency, Terms } from './model-books.ts';
import type { Day, Time } from './model-calendar.ts';

/**
 * One thing that happens in a month. Numbers pick a shop, sale, refund or payout of the month, counted round; parts are
 * quarters of what there is.
 */
export type Act =
  | {
      readonly do: 'sell';
      readonly shop: number;
      readonly by: 'blik' | 'card';
      readonly currency: Currency;
      readonly amount: number;
      /** Money is only reserved; BLIK cannot do that. */
      readonly reserve: boolean;
      /** What each of the recipients gets, in hundredths of the amount. */
      readonly basket: readonly number[];
    }
  | { readonly do: 'capture'; readonly pick: number; readonly part: Part }
  | { readonly do: 'void'; readonly pick: number }
  | {
      readonly do: 'refund';
      readonly pick: number;
      readonly part: Part;
      readonly reply: 'SETTLED' | 'REJECTED' | 'PENDING';
      /** Who bears it first, as far as he can; undefined: all in proportion. */
      readonly bearer: number | undefined;
    }
  | { readonly do: 'answer refund'; readonly pick: number; readonly word: 'SETTLED' | 'REJECTED' }
  | { readonly do: 'set prices'; readonly shop: number; readonly inDays: number; readonly terms: Terms }
  | { readonly do: 'move account'; readonly merchant: number; readonly currency: Currency; readonly iban: string }
  /** The bank sends back a payout that it had booked. */
  | { readonly do: 'late return'; readonly pick: number };

/** Quarters, at least a grosz; or all that is left, or a grosz more. */
type Part = 1 | 2 | 3 | 'all' | 'too much';

export type DayPlan = {
  readonly acts: readonly { readonly time: Time; readonly act: Act }[];
  /** When the payouts of the day are run: when they should be, after the last session of Elixir, or not on this day. */
  readonly run: 'on time' | 'late' | 'missed';
};

export type Month = {
  readonly firstDay: Day;
  /** How many days after the first one the promotion of the contracts ends. */
  readonly promotionDays: number;
  readonly merchants: readonly { readonly shops: number; readonly iban: string }[];
  readonly days: readonly DayPlan[];
};

/** Whose bank sends everything back; the number that the sandbox has for it. */
export const closedIban = 'PL57999000090000000000000404';
const goodIbans = ['PL61109010140000071219812874', 'PL72105000028166973380325415'] as const;

/** The accounts of the recipients of baskets; that of the last is closed. */
export const recipientIbans = ['PL72105000028166973380325415', 'PL58105000025503268251444948', closedIban] as const;

/**
 * Where months begin: so that the clocks go forward and Easter is within, the holidays of May, Corpus Christi, the clocks
 * going back and a holiday that is none for euros, and the turn of the year.
 */
const firstDays = ['2026-03-25', '2026-04-28', '2026-06-01', '2026-10-21', '2026-12-21'] as const;

const pick = fc.nat(9);
const part = fc.constantFrom<Part>(1, 2, 3, 'all', 'all', 'too much');
const currency = fc.constantFrom<Currency>('PLN', 'PLN', 'EUR', 'HUF', 'HUF');
const amount = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 20_000 }), weight: 6 },
  { arbitrary: fc.constantFrom(31, 32, 2_067, 10_000, 99_999), weight: 3 },
  { arbitrary: fc.constantFrom(150_000, 12_345_678, 60_000_000, 60_000_000), weight: 3 },
);
const basket = fc.oneof(
  { arbitrary: fc.constant<number[]>([]), weight: 2 },
  { arbitrary: fc.constantFrom([33, 33], [50, 50], [14, 29, 43], [0, 99], [7, 0, 20]), weight: 2 },
);
const sell = fc.record({
  do: fc.constant('sell' as const),
  shop: pick,
  by: fc.constantFrom('blik' as const, 'card' as const, 'card' as const),
  ...{ currency, amount, basket },
  reserve: fc.boolean(),
});
const capture = fc.record({ do: fc.constant('capture' as const), pick, part });
const release = fc.record({ do: fc.constant('void' as const), pick });
const refund = fc.record({
  do: fc.constant('refund' as const),
  ...{ pick, part },
  reply: fc.constantFrom('SETTLED' as const, 'SETTLED' as const, 'REJECTED' as const, 'PENDING' as const),
  bearer: fc.constantFrom(undefined, undefined, 0, 1),
});
const answerRefund = fc.record({
  do: fc.constant('answer refund' as const),
  pick,
  word: fc.constantFrom('SETTLED' as const, 'REJECTED' as const),
});
const setPrices = fc.record({
  do: fc.constant('set prices' as const),
  shop: pick,
  inDays: fc.constantFrom(0, 0, 1, 3),
  terms: fc.record({
    blik: fc.constantFrom('1.59', '1.2', '0.0333'),
    other: fc.constantFrom('1.4', '0.99', '2.5', '0'),
    promotion: fc.constantFrom(true, true, false),
    overdraft: fc.constantFrom(0n, 5_000n, 100_000n),
    givesBack: fc.boolean(),
  }),
});
const moveAccount = fc.record({
  do: fc.constant('move account' as const),
  merchant: pick,
  currency,
  iban: fc.constantFrom(...goodIbans, closedIban),
});
const lateReturn = fc.record({ do: fc.constant('late return' as const), pick });

const act: fc.Arbitrary<Act> = fc.oneof(
  { arbitrary: sell, weight: 18 },
  { arbitrary: capture, weight: 5 },
  { arbitrary: release, weight: 2 },
  { arbitrary: refund, weight: 8 },
  { arbitrary: answerRefund, weight: 3 },
  { arbitrary: setPrices, weight: 2 },
  { arbitrary: moveAccount, weight: 1 },
  { arbitrary: lateReturn, weight: 1 },
);

/** The edges of the day and of the run are among them. */
const time = fc.constantFrom<Time>(
  ...['00:00:00.000', '01:30:00.000', '05:59:59.000', '08:00:00.000', '10:00:00.000'],
  ...['12:30:00.000', '15:00:00.000', '20:00:00.000', '23:59:59.000', '23:59:59.999'],
);

const run = fc.constantFrom<DayPlan['run']>(...Array<'on time'>(6).fill('on time'), 'late', 'missed');

/** Months of one merchant or two: so many days, with so many acts on each. */
function monthsOf(length: {
  readonly days: number;
  readonly actsMin: number;
  readonly actsMax: number;
}): fc.Arbitrary<Month> {
  const { days, actsMin, actsMax } = length;
  const acts = fc.array(fc.record({ time, act }), { minLength: actsMin, maxLength: actsMax, size: 'max' });
  const merchant = fc.record({
    shops: fc.constantFrom(1, 2),
    iban: fc.constantFrom(goodIbans[0], goodIbans[0], closedIban),
  });
  return fc.record({
    firstDay: fc.constantFrom(...firstDays),
    promotionDays: fc.constantFrom(2, 6, 60),
    merchants: fc.array(merchant, { minLength: 1, maxLength: 2, size: 'max' }),
    days: fc.array(fc.record({ acts, run }), { minLength: days, maxLength: days, size: 'max' }),
  });
}

/** Whole months. */
export const months = monthsOf({ days: 28, actsMin: 2, actsMax: 4 });

/** Two weeks in which as much happens, so that what is wrong shows soon. */
export const busyWeeks = monthsOf({ days: 14, actsMin: 5, actsMax: 8 });
