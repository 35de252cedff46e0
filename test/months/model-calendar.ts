/** A day in Warsaw, as `2026-03-30`. Days and times are texts here, so that no clock and no zone has a part in the books. */
export type Day = string;

/** A time of a day in Warsaw, as `09:30:00.000`. */
export type Time = string;

/** A moment as an accountant writes it down, and in milliseconds for what lasts so long and no longer. */
export type Moment = { readonly day: Day; readonly time: Time; readonly ms: number };

/** Days from Monday to Friday on which banks in Poland are closed, copied from the calendar on the wall. */
const closedInPoland: ReadonlySet<Day> = new Set([
  ...['2026-04-06', '2026-05-01', '2026-06-04', '2026-11-11', '2026-12-24', '2026-12-25'],
  ...['2027-01-01', '2027-01-06'],
]);

/** The same of TARGET, by which euros are paid. */
const closedInTarget: ReadonlySet<Day> = new Set([
  ...['2026-04-03', '2026-04-06', '2026-05-01', '2026-12-25', '2027-01-01'],
]);

/** The first and last day that the two lists know about. */
export const knownDays = { first: '2026-03-01', last: '2027-03-01' } as const;

const dayMs = 86_400_000;

/** The day so many days after another. */
export function plus(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** The same date so many months later or, where that month has no such day, its last one. */
export function plusMonths(day: Day, months: number): Day {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0));
  return `${last.toISOString().slice(0, 8)}${String(Math.min(date, last.getUTCDate())).padStart(2, '0')}`;
}

/** Says whether banks work on a day: those of TARGET for euros, those of Poland for everything else. */
export function isBankDay(day: Day, currency = 'PLN'): boolean {
  if (day < knownDays.first || day > knownDays.last) throw new Error(`Nobody wrote down the holidays around ${day}.`);
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  const closed = currency === 'EUR' ? closedInTarget : closedInPoland;
  return weekday > 0 && weekday < 6 && !closed.has(day);
}

/** The first bank day after a day. */
export function nextBankDay(day: Day, currency = 'PLN'): Day {
  let next = plus(day, 1);
  while (!isBankDay(next, currency)) next = plus(next, 1);
  return next;
}

/** When money arrives that is handed over at a moment, and when it is handed to the bank; as `2026-03-30T09:30:00.000`. */
export function arrival(currency: string, now: Moment): { readonly sentAt: string; readonly arrivesAt: string } {
  const present = `${now.day}T${now.time}`;
  if (currency !== 'PLN') {
    const executedOn = isBankDay(now.day, currency) ? now.day : nextBankDay(now.day, currency);
    const day = currency === 'EUR' ? executedOn : nextBankDay(executedOn, currency);
    return { sentAt: present, arrivesAt: `${day}T23:59:59.000` };
  }
  for (let day = isBankDay(now.day) ? now.day : nextBankDay(now.day); ; day = nextBankDay(day)) {
    // Half an hour before each session; on the last bank day of the year there is no third one.
    const isLastOfYear = nextBankDay(day).slice(0, 4) !== day.slice(0, 4);
    const sessions = [['09:00', '09:30'], ['13:00', '13:30'], ...(isLastOfYear ? [] : [['15:30', '16:00']])];
    for (const [lead, session] of sessions) {
      if (`${day}T${session}` <= present) continue;
      const leadAt = `${day}T${lead}:00.000`;
      return { sentAt: leadAt > present ? leadAt : present, arrivesAt: `${day}T${session}:00.000` };
    }
  }
}
