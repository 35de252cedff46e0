/**
 * The days on which nothing is booked, as data. Fixed ones as `month-day`; those that move as days after Easter Sunday.
 * Poland: the act of 18 January 1951 on days free from work, with 6 January since 2011 and 24 December since 2025. TARGET: the calendar of the
 * European Central Bank, unchanged since 2002.
 */
export const holidays = {
  /** Fourteen statutory holidays; Easter Sunday and Pentecost are Sundays anyway. */
  POLAND: {
    fixed: ['01-01', '01-06', '05-01', '05-03', '08-15', '11-01', '11-11', '12-24', '12-25', '12-26'],
    fromYear: { '01-06': 2011, '12-24': 2025 },
    /** Easter Sunday and Monday, Pentecost, Corpus Christi. */
    afterEaster: [0, 1, 49, 60],
  },
  TARGET: {
    fixed: ['01-01', '05-01', '12-25', '12-26'],
    fromYear: {},
    /** Good Friday and Easter Monday. */
    afterEaster: [-2, 1],
  },
} as const satisfies Record<
  string,
  {
    readonly fixed: readonly string[];
    readonly fromYear: { readonly [monthDay: string]: number };
    readonly afterEaster: readonly number[];
  }
>;

/** A calendar of business days: Poland's, by which Elixir works, and that of TARGET, for EUR. */
export type CalendarName = keyof typeof holidays;
