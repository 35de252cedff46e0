import { type Day, dayOf } from '../calendar/model.ts';
import { withoutHyphens } from '../kernel/ids.ts';
import { type Currency, toDecimal } from '../kernel/money.ts';
import type { StatementEntry, StatementFile, StatementPart, StatementStart } from './account-statement.ts';
import { spellOut } from './limit-text.ts';

/** Longest line of field 86, which has at most six (SWIFT, MT940). */
const lineLength = 65;
/** About how many characters leave at once. */
const pieceLength = 65_536;

/**
 * Writes statements of accounts as messages of SWIFT MT940, as they come: text blocks alone, which end with a hyphen, without
 * the envelope that only SWIFT's own network has. Letters that the network cannot carry (its character set X is that
 * of SEPA) are spelt out as for banks. An account's name is the id of the shop or recipient without hyphens and the currency.
 */
export async function* writeMt940(file: StatementFile, parts: AsyncIterable<StatementPart>): AsyncGenerator<string> {
  let piece = '';
  let place = 0;
  let start: StatementStart | undefined;
  for await (const part of parts) {
    if (part.part === 'start') {
      place += 1;
      start = part;
      piece += headOf(file, part, place);
    } else if (part.part === 'entry') piece += entryOf(part);
    else if (start) piece += `${balanceOf('62F', { ...start, amount: start.closing, day: file.until })}-\r\n`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function headOf(file: StatementFile, start: StatementStart, place: number): string {
  const number = `${twoDigits(file.until.year)}${String(file.until.dayOfYear).padStart(3, '0')}`;
  return [
    `:20:${file.id.slice(-12)}${String(place).padStart(4, '0')}`,
    `:25:${withoutHyphens(start.account)}${start.currency}`,
    `:28C:${number}/1`,
    balanceOf('60F', { ...start, amount: start.opening, day: file.from }),
  ].join('\r\n');
}

function balanceOf(
  field: '60F' | '62F',
  { amount, currency, day }: { readonly amount: bigint; readonly currency: Currency; readonly day: Day },
): string {
  return `:${field}:${signOf(amount)}${dateOf(day)}${currency}${sizeOf(amount)}\r\n`;
}

function entryOf(entry: StatementEntry): string {
  const day = dateOf(dayOf(entry.at));
  const { orderId, transactionId, movementId } = entry;
  const order = orderId === undefined ? undefined : spellOut(orderId, 'SEPA');
  // The customer's reference has 16 characters, and two strokes would end it, also its last one with the first behind it.
  const reference = order !== undefined && /^.{1,16}$/.test(order) && !/\/\/|\/$/.test(order) ? order : 'NONREF';
  const code = entry.kind === 'COMMISSION' ? 'NCHG' : 'NTRF';
  const lines = [
    entry.kind.replaceAll('_', ' '),
    ...(order === undefined ? [] : [`ORDER ${order}`.slice(0, lineLength - 1)]),
    ...(transactionId === undefined ? [] : [`TRANSACTION ${withoutHyphens(transactionId)}`]),
    ...(movementId === undefined ? [] : [`MOVEMENT ${withoutHyphens(movementId)}`]),
  ];
  // Lines of field 86 may be cut anywhere, so programs put them together without a space; a comma keeps them apart.
  return `:61:${day}${day.slice(2)}${signOf(entry.amount)}${sizeOf(entry.amount)}${code}${reference}//${entry.number}\r\n:86:${lines.join(',\r\n')}\r\n`;
}

function signOf(amount: bigint): 'C' | 'D' {
  return amount < 0n ? 'D' : 'C';
}

/** An amount without its sign, with the comma that MT940 always has. */
function sizeOf(amount: bigint): string {
  return toDecimal(amount < 0n ? -amount : amount).replace('.', ',');
}

function dateOf(day: Day): string {
  return `${twoDigits(day.year)}${twoDigits(day.month)}${twoDigits(day.day)}`;
}

function twoDigits(number: number): string {
  return String(number % 100).padStart(2, '0');
}
