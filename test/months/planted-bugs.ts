import type { Statement } from '../../src/kernel/db/database.ts';
import { change, forget, type Meddler, replaced } from '../support/meddle.ts';

type Row = Record<string, unknown>;

/** Changes what a statement finds. */
const seen =
  (name: string, edit: (row: Row) => object): Meddler =>
  async (statement, run) => {
    const rows = await run(statement);
    return statement.name === name ? rows.map((row) => ({ ...row, ...edit(row as Row) })) : rows;
  };

/** Writes a statement otherwise; a piece that is not in it is a mistake in the bug. */
const written =
  (name: string, piece: string, other: string): Meddler =>
  (statement, run) => {
    if (statement.name !== name) return run(statement);
    if (!statement.text.includes(piece)) throw new Error(`There is no "${piece}" in ${name}.`);
    return run({ ...statement, text: statement.text.replaceAll(piece, other) });
  };

/** Leaves out postings of a kind, and says that they were written. */
const unposted =
  (kind: string): Meddler =>
  async (statement, run) => {
    if (statement.name !== 'write-postings') return run(statement);
    const [kinds = []] = statement.values as string[][];
    const values = statement.values.map((column) => (column as unknown[]).filter((_, place) => kinds[place] !== kind));
    await run({ ...statement, values });
    return [{ written: BigInt(kinds.length) }];
  };

const columns = (statement: Statement, ...places: number[]): unknown[][] =>
  places.map((place) => statement.values[place] as unknown[]);

const dayMs = 86_400_000;
const later = (moment: unknown, ms: number): Date => new Date((moment as Date).getTime() + ms);

/** Bugs in the books, by what they do wrong. */
export const bookBugs: Record<string, Meddler> = {
  'rounds commissions down': async (statement, run) => {
    if (statement.name !== 'write-commissions') return run(statement);
    const [bases = [], rates = []] = columns(statement, 3, 5);
    const down = bases.map((base, place) => ((base as bigint) * BigInt(rates[place] as number)) / 1_000_000n);
    return run({ ...statement, values: replaced([...statement.values], 2, () => down) });
  },
  'deducts no refunds': seen('measure-accounts', () => ({ refunds: 0n })),
  'charges no commission': seen('measure-accounts', () => ({ commission: 0n })),
  'keeps nothing back for the refunds of the morning': seen('measure-accounts', () => ({ balance: 10n ** 15n })),
  'forgets the forints that stayed': seen('measure-accounts', () => ({ carriedIn: 0n })),
  'pays the last movement twice': seen('measure-accounts', ({ postingsAfter, postingsThrough }) => ({
    postingsThrough:
      (postingsThrough as bigint) > (postingsAfter as bigint) ? (postingsThrough as bigint) - 1n : postingsThrough,
  })),
  'drops the movement at the end of the range': written(
    'measure-accounts',
    '(p.to_id, p.id) <= ',
    '(p.to_id, p.id) < ',
  ),
  'takes up what came since midnight': change('measure-accounts', (values) =>
    replaced(values, 2, (before) => later(before, 5 * 3_600_000)),
  ),
  'pays zlotys on days when only TARGET works': change('find-payable-accounts', (values) =>
    replaced(values, 1, () => ['PLN', 'EUR', 'HUF']),
  ),
  'does not make up for a missed day': change('end-payout-run', (values) =>
    replaced(values, 2, (next) => later(next, dayMs)),
  ),
  'counts the promotion over its limit': seen('read-price-plans', ({ promotionTurnover }) => ({
    promotionTurnover: promotionTurnover === null ? null : 10n ** 15n,
  })),
  'ends the promotion two months too early': seen('read-price-plans', ({ promotionUntil }) => ({
    promotionUntil: promotionUntil === null ? null : later(promotionUntil, -61 * dayMs),
  })),
  'keeps the old prices for another day': written(
    'read-price-plans',
    'order by p.valid_from desc',
    `order by p.valid_from > ask.at - interval '1 day', p.valid_from desc`,
  ),
  'takes the rate of the day before': written(
    'read-rates',
    't.effective_date <= ask.day',
    't.effective_date < ask.day',
  ),
  'gives recipients a grosz too little': async (statement, run) => {
    if (statement.name !== 'write-postings') return run(statement);
    const [kinds = [], ends = []] = columns(statement, 0, 3);
    const less = (amounts: unknown): bigint[] =>
      (amounts as bigint[]).map((amount, place) => {
        const isShare = kinds[place] === 'SALE' && ends[place] === 'RECIPIENT' && amount > 1n;
        return isShare ? amount - 1n : amount;
      });
    return run({ ...statement, values: replaced([...statement.values], 5, less) });
  },
  'lets the shop bear the commission of its recipients': forget('write-commission-adjustments'),
  'gives no commission back': forget('read-returnable-commissions'),
  'does not credit payouts that came back': unposted('PAYOUT_RETURNED'),
  'does not give rejected refunds back': unposted('REFUND_REJECTED'),
};
