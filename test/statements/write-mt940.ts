import { toDecimal } from '../../src/kernel/money.ts';
import type { BankEntry, BankStatement } from '../../src/statements/bank-entry.ts';

/** How a bank writes field 86: the sign before its sub-fields, or the words of mBank. */
export type Dialect = '~' | '<' | '?' | 'mBank';

/** Writes statements as Polish banks do; the balance before is 0.00. */
export function writeMt940(dialect: Dialect, statements: readonly BankStatement[]): string {
  return statements.map((statement) => writeOne(dialect, statement)).join('-\r\n');
}

function writeOne(dialect: Dialect, { account, entries }: BankStatement): string {
  const moved = entries.reduce((sum, { direction, amount }) => sum + (direction === 'CREDIT' ? amount : -amount), 0n);
  const currency = entries[0]?.currency ?? 'PLN';
  const lines = [
    ...[':20:ST261126CYC/1', `:25:/${account}`, ':28C:00230/00001', `:60F:C261125${currency}0,00`],
    ...entries.flatMap((entry) => [lineOf(entry), `:86:${cut(detailsOf(dialect, entry))}`]),
    `:62F:${moved < 0n ? 'D' : 'C'}261126${currency}${comma(moved < 0n ? -moved : moved)}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function lineOf({ direction, isReversal, amount, bookedOn, bankReference }: BankEntry): string {
  const day = bookedOn.slice(2).replaceAll('-', '');
  const credit = isReversal ? 'RD' : 'C';
  const debit = isReversal ? 'RC' : 'D';
  const mark = direction === 'CREDIT' ? credit : debit;
  const reference = bankReference === undefined ? '' : `//${bankReference}`;
  return `:61:${day}${day.slice(2)}${mark}N${comma(amount)}NTRFNONREF${reference}`;
}

function comma(amount: bigint): string {
  return toDecimal(amount).replace('.', ',');
}

function detailsOf(dialect: Dialect, entry: BankEntry): string {
  const { title, counterpartyName: name, counterpartyAccount: account, accountNumbers, endToEndId } = entry;
  const extra = [endToEndId, ...accountNumbers].filter((text) => text !== undefined);
  if (dialect === 'mBank') {
    const words = [
      ...['944;PRZELEW', ...extra, ...(account === undefined ? [] : [`z rach.: ${account}`])],
      ...(name === undefined ? [] : [`od: ${name}`]),
      `tyt.: ${title}`,
    ];
    return words.join('; ');
  }
  const chunks = title.match(/.{1,35}/gsu) ?? [];
  const fields = [
    ...['00PRZELEW', ...chunks.slice(0, 6).map((chunk, place) => `2${place}${chunk}`)],
    ...(name === undefined ? [] : [`32${name}`]),
    ...(account === undefined ? [] : [`38${account}`]),
    // Where a bank puts what else there is differs; what it is does not.
    ...extra.map((text, place) => `${70 + place}${text}`),
  ];
  return `020${fields.map((field) => `${dialect}${field}`).join('')}`;
}

/** Lines of 65 characters at most, cut wherever that is, but never before what would begin a field or end the text. */
function cut(text: string): string {
  return (text.match(/.{1,65}/gsu) ?? []).reduce((whole, line) =>
    /^[:{-]/.test(line) ? whole + line : `${whole}\r\n${line}`,
  );
}
