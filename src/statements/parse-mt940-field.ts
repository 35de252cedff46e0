import { InvalidInput } from '../kernel/errors.ts';
import type { Currency } from '../kernel/money.ts';
import { parseAmount, parseCurrency, shown } from './parse-amount.ts';

/** A field of a message: its tag, what stands in it with its further lines, and where it begins. */
export type Field = { readonly tag: string; readonly lines: string[]; readonly line: number };

const balanceForm = /^(C|D)(\d{6})([A-Z]{3})(\d{1,15},\d{0,2})$/;

/**
 * Reads a balance (fields 60 and 62); what the bank owes is positive.
 * @throws InvalidInput naming the line.
 */
export function readBalance({ lines: [text = ''], line, tag }: Field): {
  readonly amount: bigint;
  readonly currency: Currency;
} {
  const [, mark, date = '', currency, amount = ''] = balanceForm.exec(text.trim()) ?? [];
  const place = `Line ${line}`;
  if (mark === undefined)
    throw new InvalidInput(`${place}: :${tag}: must be like C261126PLN1234,56, not ${shown(text)}.`);
  const read = parseAmount(amount, place);
  parseDay(date, place);
  return { amount: mark === 'C' ? read : -read, currency: parseCurrency(currency, place) };
}

/** What field 61 says of a movement. */
type Line = {
  readonly amount: bigint;
  readonly isCredit: boolean;
  readonly isReversal: boolean;
  readonly bookedOn: string;
  /** The reference of the bank, as it stands there. */
  readonly bank: string;
};

/** Day of the value, perhaps of the booking, mark, a letter of the currency, amount, kind, references (SWIFT, field 61). */
const lineForm =
  /^(?<value>\d{6})(?<booked>\d{4})?(?<mark>RC|RD|C|D)[A-Z]?(?<amount>\d{1,15},\d{0,2})(?<kind>[A-Z][A-Z\d]{3})(?<own>(?:(?!\/\/).){0,40})(?:\/\/(?<bank>.*))?$/;

/**
 * Reads the line of a movement (field 61).
 * @throws InvalidInput naming the line.
 */
export function readLine({ lines: [text = ''], line }: Field): Line {
  const { value = '', booked, mark = '', amount = '', bank = '' } = lineForm.exec(text.trim())?.groups ?? {};
  const place = `Line ${line}`;
  if (amount === '') {
    throw new InvalidInput(`${place}: :61: must be like 2611261126C1234,56NTRFNONREF//reference, not ${shown(text)}.`);
  }
  return {
    amount: parseAmount(amount, place),
    isCredit: mark === 'C' || mark === 'RD',
    isReversal: mark.startsWith('R'),
    bookedOn: bookingDay(value, booked, place),
    bank: bank.trim(),
  };
}

/** Whether a field can be read. */
export function isGood(read: (field: Field) => unknown, field: Field): boolean {
  try {
    read(field);
    return true;
  } catch {
    return false;
  }
}

function parseDay(text: string, place: string): string {
  const day = `20${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4)}`;
  const moment = new Date(`${day}T00:00:00Z`);
  if (!Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day)) return day;
  throw new InvalidInput(`${place}: ${shown(text)} is no day; it must be like 261126.`);
}

/** The day of booking has no year: around New Year it is that of the value, or the one beside it. */
function bookingDay(value: string, booked: string | undefined, place: string): string {
  const day = parseDay(value, place);
  if (booked === undefined) return day;
  const distance = Number(booked.slice(0, 2)) - Number(day.slice(5, 7));
  const year = Number(value.slice(0, 2)) + (distance > 6 ? -1 : 0) + (distance < -6 ? 1 : 0);
  return parseDay(`${String(year).padStart(2, '0')}${booked}`, place);
}
