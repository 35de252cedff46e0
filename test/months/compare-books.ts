import type { Books, Entry, ModelPayout, Sale } from './model-books.ts';
import { type Day, knownDays, plus } from './model-calendar.ts';
import { type PlayedMonth, readLedger } from './open-month.ts';
import {
  arrivalOf,
  type Explained,
  keyOf,
  type ReadPayout,
  readCommissions,
  readMovements,
  readOverview,
} from './read-gateway.ts';

/** Compares what a day may have changed: balances, the latest payouts, and of parts and commissions what is new. */
export async function compareDay(played: PlayedMonth, day: Day): Promise<string[]> {
  const { seen, books } = played;
  const parts = books.payouts.slice(seen.payouts);
  const sales = books.sales.filter((sale) => (seen.commissions.get(sale.number) ?? 'none') !== told(sale));
  // Those of the day before have mostly arrived by now; all others are looked at again at the end of the month.
  const [since = day] = [plus(day, -1), ...parts.map((payout) => payout.day)].sort();
  const wrong = await compare(played, { since, parts, sales });
  seen.payouts = books.payouts.length;
  for (const sale of sales) seen.commissions.set(sale.number, told(sale));
  return wrong;
}

/** Compares everything from the first day on, but for the parts of payouts, which are never changed. */
export function compareAll(played: PlayedMonth): Promise<string[]> {
  return compare(played, { since: knownDays.first, parts: [], sales: played.books.sales });
}

type Compared = { readonly since: Day; readonly parts: readonly ModelPayout[]; readonly sales: readonly Sale[] };

async function compare(played: PlayedMonth, compared: Compared): Promise<string[]> {
  const { books, world, before } = played;
  const { payouts, balances } = await readOverview(played, compared.since);
  const expected = books.payouts.filter(({ day }) => day >= compared.since);
  return [
    ...differences(
      'payout',
      linesOf(payouts, (row) => [row.key, describeRow(row)]),
      linesOf(expected, (payout) => [keyOf(payout), describe(payout)]),
    ),
    ...(await compareParts(played, payouts, compared.parts)),
    ...(await compareCommissions(played, compared.sales)),
    ...differences('balance', balances, balancesOf(books)),
    ...differences('trial balance', lessBefore(await readLedger(world.database), before), books.ledger),
  ];
}

async function compareParts(
  played: PlayedMonth,
  payouts: readonly ReadPayout[],
  parts: readonly ModelPayout[],
): Promise<string[]> {
  const keys = new Set(parts.map(keyOf));
  const read = payouts.filter(({ key }) => keys.has(key));
  const numbers = new Map(played.saleIds.map((id, number) => [id, number]));
  return differences(
    'parts of payout',
    linesOf([...(await readMovements(played, read))], ([key, rows]) => [
      key,
      sumUp(
        rows.map(({ kind, amount, transaction }) => {
          return [`${kind} ${numbers.get(transaction?.id ?? '') ?? -1}`, BigInt(amount.amount)];
        }),
      ),
    ]),
    linesOf(parts, (payout) => [keyOf(payout), sumUp(partsOf(payout))]),
  );
}

async function compareCommissions(played: PlayedMonth, sales: readonly Sale[]): Promise<string[]> {
  const rows = await readCommissions(
    played,
    sales.map(({ number }) => number),
  );
  return differences(
    'commission of sale',
    linesOf([...rows], ([number, row]) => [String(number), row ? explained(row) : 'none']),
    linesOf(sales, (sale) => [String(sale.number), told(sale)]),
  );
}

function linesOf<Thing>(things: readonly Thing[], line: (thing: Thing) => [string, string]): Map<string, string> {
  return new Map(things.map(line));
}

/** One sentence for each line that differs; a line of zero is the same as none. */
function differences(
  what: string,
  real: ReadonlyMap<string, string | bigint>,
  expected: ReadonlyMap<string, string | bigint>,
): string[] {
  const keys = [...new Set([...real.keys(), ...expected.keys()])].sort();
  return keys.flatMap((key) => {
    const [is, should] = [real.get(key) || 'none', expected.get(key) || 'none'];
    return is === should ? [] : [`${what} ${key} is ${is}, not ${should}`];
  });
}

function describeRow(row: ReadPayout): string {
  const { carriedIn, gross, refunds, returned, commission, carriedOut, net, iban, status } = row;
  const sums = [carriedIn, gross, returned, refunds, commission, carriedOut, net].map(({ amount }) => amount);
  return `${sums.join(' ')} ${status} to ${iban} by ${arrivalOf(row)}`;
}

function describe({ sums, net, status, iban, arrivesAt }: ModelPayout): string {
  const { carriedIn, gross, refunds, returned, commission, carriedOut } = sums;
  return `${[carriedIn, gross, returned, refunds, commission, carriedOut, net].join(' ')} ${status} to ${iban} by ${arrivesAt}`;
}

/** The parts of a payout, which sum to its net. */
function partsOf({ entries, sums }: ModelPayout): [string, bigint][] {
  const named = entries.map(({ kind, sale, amount }: Entry): [string, bigint] => [`${kind} ${sale}`, amount]);
  return [...named, ['CARRIED_IN -1', sums.carriedIn], ['CARRIED_OUT -1', -sums.carriedOut]];
}

/** Adds up what has the same name: a commission that is shared out comes in several parts. */
function sumUp(parts: readonly (readonly [string, bigint])[]): string {
  const sums = new Map<string, bigint>();
  for (const [name, amount] of parts) sums.set(name, (sums.get(name) ?? 0n) + amount);
  const lines = [...sums].filter(([, amount]) => amount !== 0n).map(([name, amount]) => `${name} ${amount}`);
  return lines.sort().join(', ');
}

function told({ commission }: Sale): string {
  if (!commission) return 'none';
  const { amount, base, percent, state, turnover, counted, givenBack } = commission;
  return `${amount} of ${base} at ${percent} ${state} after ${turnover ?? '-'} counts ${counted ?? '-'} back ${givenBack}`;
}

function explained({ amount, base, ratePercent, promotion, counted, givenBack }: Explained): string {
  const { state } = promotion;
  // Nobody counts on once a promotion is over, so what is told then is of the day on which it ended.
  const before = state === 'APPLIED' ? promotion.turnover?.amount : undefined;
  return `${amount.amount} of ${base.amount} at ${ratePercent} ${state} after ${before ?? '-'} counts ${counted?.amount ?? '-'} back ${givenBack.amount}`;
}

function balancesOf(books: Books): Map<string, bigint> {
  return new Map([...books.accounts].map(([key, { balance }]) => [key, balance]));
}

function lessBefore(now: ReadonlyMap<string, bigint>, before: ReadonlyMap<string, bigint>): Map<string, bigint> {
  return new Map([...now].map(([key, amount]) => [key, amount - (before.get(key) ?? 0n)]));
}
