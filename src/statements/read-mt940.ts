import { InvalidInput } from '../kernel/errors.ts';
import type { Currency } from '../kernel/money.ts';
import { type BankEntry, type BankStatement, type BankStatements, entriesMax, statementOf } from './bank-entry.ts';
import { toIban } from './find-account-numbers.ts';
import { checkBalances, parseAmount, parseCurrency, shown } from './parse-amount.ts';
import { readMt940Details } from './read-mt940-details.ts';

/** A field of the message: its tag, what stands in it with its further lines, and where it begins. */
type Field = { readonly tag: string; readonly lines: string[]; readonly line: number };

/** A statement while its fields are gone through. */
type Open = {
  readonly account: string | undefined;
  readonly opening: Balance | undefined;
  /** Statement lines, each with the details that follow it. */
  readonly movements: { readonly line: Field; details: Field | undefined }[];
  readonly line: number;
};

type Balance = { readonly amount: bigint; readonly currency: Currency; readonly day: string };

/** The letters of Polish fields among them, such as `:NS:` of some banks, which are passed over. */
const fieldStart = /^:(\d{2}[A-Z]?|NS):(.*)$/;
/** What surrounds a message on its way: blocks of SWIFT, and the end of a text. */
const envelope = /^(?:\{.*|-(?:\}.*)?\s*)$/;
const blank = /^[\p{Cc}\s]*$/u;

/**
 * Reads MT940 (SWIFT; the dialects of Polish banks): any number of statements, each from `:20:` to `:62F:` or `:62M:`, in
 * envelopes or without. Pure.
 * @throws InvalidInput naming the line.
 */
export function readMt940(text: string): BankStatements {
  const statements: BankStatement[] = [];
  let open: Open | undefined;
  let count = 0;
  for (const field of fieldsOf(text)) {
    if (field.tag === '20') {
      if (open) throw unended(open);
      open = { account: undefined, opening: undefined, movements: [], line: field.line };
      continue;
    }
    // What stands between two statements belongs to none: banks add words of their own there.
    if (!open) continue;
    if (field.tag === '61') count += 1;
    if (count > entriesMax) {
      throw new InvalidInput(`Line ${field.line}: a file may have at most ${entriesMax} movements; split it.`);
    }
    if (field.tag === '62F' || field.tag === '62M') {
      statements.push(toStatement(open, readBalance(field)));
      open = undefined;
    } else open = withField(open, field);
  }
  if (open) throw unended(open);
  if (statements.length === 0) throw new InvalidInput('Line 1: no statement begins in this file (:20:).');
  return { format: 'MT940', statements };
}

function unended({ line }: Open): InvalidInput {
  return new InvalidInput(
    `Line ${line}: the statement has no closing balance (:62F:), so a part of the file is missing; ask the bank for it again.`,
  );
}

function withField(open: Open, field: Field): Open {
  switch (field.tag) {
    case '25':
      return { ...open, account: toIban(field.lines[0] ?? '') };
    case '60F':
    case '60M':
      return { ...open, opening: readBalance(field) };
    case '61':
      open.movements.push({ line: field, details: undefined });
      return open;
    case '86': {
      const last = open.movements.at(-1);
      if (last && !last.details) last.details = field;
      return open;
    }
    default:
      return open;
  }
}

function* fieldsOf(text: string): Iterable<Field> {
  let field: Field | undefined;
  let number = 0;
  for (const line of text.split(/\r?\n/)) {
    number += 1;
    if (blank.test(line)) continue;
    const [, tag, rest] = fieldStart.exec(line.replace(/^\{4:/, '')) ?? [];
    if (tag !== undefined) {
      if (field) yield field;
      field = { tag, lines: [rest ?? ''], line: number };
    } else if (envelope.test(line)) {
      if (field) yield field;
      field = undefined;
    } else if (field) field.lines.push(line);
    else throw new InvalidInput(`Line ${number}: ${shown(line)} belongs to no field of MT940.`);
  }
  if (field) yield field;
}

const balanceForm = /^(C|D)(\d{6})([A-Z]{3})(\d{1,15},\d{0,2})$/;

function readBalance({ lines: [text = ''], line, tag }: Field): Balance & { readonly line: number } {
  const [, mark, date = '', currency, amount = ''] = balanceForm.exec(text.trim()) ?? [];
  const place = `Line ${line}`;
  if (mark === undefined)
    throw new InvalidInput(`${place}: :${tag}: must be like C261126PLN1234,56, not ${shown(text)}.`);
  const read = parseAmount(amount, place);
  const day = parseDay(date, place);
  return { amount: mark === 'C' ? read : -read, currency: parseCurrency(currency, place), day, line };
}

function toStatement(open: Open, closing: Balance & { readonly line: number }): BankStatement {
  const place = `Line ${open.line}`;
  const { account, opening } = open;
  if (account === undefined || account === '') throw new InvalidInput(`${place}: the account is missing (:25:).`);
  if (!opening) throw new InvalidInput(`${place}: the opening balance is missing (:60F:).`);
  const entries = open.movements.flatMap((movement) => readMovement(movement, opening.currency));
  const moved = entries.reduce((sum, { direction, amount }) => sum + (direction === 'CREDIT' ? amount : -amount), 0n);
  checkBalances({ opening: opening.amount, closing: closing.amount }, moved, place);
  return statementOf(account, entries);
}

/** Day of the value, perhaps of the booking, mark, a letter of the currency, amount, kind, references (SWIFT, field 61). */
const lineForm =
  /^(?<value>\d{6})(?<booked>\d{4})?(?<mark>RC|RD|C|D)[A-Z]?(?<amount>\d{1,15},\d{0,2})(?<kind>[A-Z][A-Z\d]{3})(?<own>(?:(?!\/\/).){0,40})(?:\/\/(?<bank>.*))?$/;

function readMovement(
  { line: { lines, line }, details }: Open['movements'][number],
  currency: Currency,
): readonly BankEntry[] {
  const [text = '', ...supplement] = lines;
  const { value = '', booked, mark = '', amount: written = '', bank } = lineForm.exec(text.trim())?.groups ?? {};
  const place = `Line ${line}`;
  if (written === '') {
    throw new InvalidInput(`${place}: :61: must be like 2611261126C1234,56NTRFNONREF//reference, not ${shown(text)}.`);
  }
  const amount = parseAmount(written, place);
  if (amount === 0n) return [];
  const said = readMt940Details(details?.lines ?? supplement);
  const reference = bank?.trim() ?? '';
  return [
    {
      ...{ ...said, amount, currency, bookedOn: bookingDay(value, booked, place) },
      direction: mark === 'C' || mark === 'RD' ? 'CREDIT' : 'DEBIT',
      isReversal: mark.startsWith('R'),
      bankReference: reference === '' || reference === 'NONREF' ? said.bankReference : reference,
    },
  ];
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
