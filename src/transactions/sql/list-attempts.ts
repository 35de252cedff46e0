import { type Database, read } from '../../kernel/db/database.ts';
import { inListOrder, type Page } from '../../kernel/db/page.ts';
import { chooseTransactionColumns, type ShownTransaction, type TransactionColumn } from '../store.ts';

/** Asks for a page of the attempts on a payment, newest first. */
export type AttemptsAsk = {
  readonly paymentId: string;
  readonly page: Page;
  /** What is read of each attempt beside its id and its payment's; undefined: all that is shown. */
  readonly columns: readonly TransactionColumn[] | undefined;
};

/**
 * Reads the attempts of many payments, in one statement for each different page or choice of columns. Who may see them is the
 * caller's to say.
 */
export async function listAttempts(
  database: Database,
  asks: readonly AttemptsAsk[],
): Promise<readonly (readonly ShownTransaction[])[]> {
  const pages = Map.groupBy(asks, ({ page, columns }) => `${page.limit} ${page.backward} ${page.from} ${columns}`);
  const found = new Map<AttemptsAsk, readonly ShownTransaction[]>();
  const readPage = async (alike: readonly AttemptsAsk[], first: AttemptsAsk): Promise<void> => {
    const rows = await readAttemptsOn(database, [...new Set(alike.map(({ paymentId }) => paymentId))], first);
    const ofPayment = Map.groupBy(rows, ({ paymentId }) => paymentId);
    for (const ask of alike) found.set(ask, inListOrder(ofPayment.get(ask.paymentId) ?? [], first.page));
  };
  await Promise.all([...pages.values()].map((alike) => readPage(alike, alike[0] as AttemptsAsk)));
  return asks.map((ask) => found.get(ask) ?? []);
}

async function readAttemptsOn(
  database: Database,
  paymentIds: readonly string[],
  { page, columns }: Pick<AttemptsAsk, 'page' | 'columns'>,
): Promise<ShownTransaction[]> {
  const [sign, direction] = page.backward ? ['>', 'asc'] : ['<', 'desc'];
  const from = `(t.created_at, t.id) ${sign}
        ((select created_at from transaction where id = $3::uuid and payment_id = wanted.id), $3::uuid)`;
  const statement = `list-attempts-${direction}${page.from === undefined ? '' : '-from'}`;
  const { name, selectList } = chooseTransactionColumns(statement, columns);
  return read<ShownTransaction>(database, {
    name,
    text: `
      select ${selectList} from unnest($1::uuid[]) with ordinality as wanted (id, place)
      cross join lateral (
        select * from transaction t where t.payment_id = wanted.id ${page.from === undefined ? '' : `and ${from}`}
        order by t.created_at ${direction}, t.id ${direction} limit $2::int
      ) t
      order by wanted.place, t.created_at ${direction}, t.id ${direction}`,
    values: [paymentIds, page.limit, ...(page.from === undefined ? [] : [page.from])],
  });
}
