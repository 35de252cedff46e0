import { type Database, read } from '../../kernel/db/database.ts';
import { inListOrder, type Page } from '../../kernel/db/page.ts';
import { type ShownTransaction, selectShown } from '../store.ts';

/** Asks for a page of the attempts on a payment, newest first. */
export type AttemptsAsk = { readonly paymentId: string; readonly page: Page };

/** Reads the attempts of many payments, in one statement for each different page. Who may see them is the caller's to say. */
export async function listAttempts(
  database: Database,
  asks: readonly AttemptsAsk[],
): Promise<readonly (readonly ShownTransaction[])[]> {
  const pages = Map.groupBy(asks, ({ page }) => JSON.stringify(page));
  const found = new Map<AttemptsAsk, readonly ShownTransaction[]>();
  const readPage = async (alike: readonly AttemptsAsk[], page: Page): Promise<void> => {
    const rows = await readAttemptsOn(database, [...new Set(alike.map(({ paymentId }) => paymentId))], page);
    const ofPayment = Map.groupBy(rows, ({ paymentId }) => paymentId);
    for (const ask of alike) found.set(ask, inListOrder(ofPayment.get(ask.paymentId) ?? [], page));
  };
  await Promise.all([...pages.values()].map((alike) => readPage(alike, (alike[0] as AttemptsAsk).page)));
  return asks.map((ask) => found.get(ask) ?? []);
}

async function readAttemptsOn(
  database: Database,
  paymentIds: readonly string[],
  page: Page,
): Promise<ShownTransaction[]> {
  const [sign, direction] = page.backward ? ['>', 'asc'] : ['<', 'desc'];
  const from = `(t.created_at, t.id) ${sign}
        ((select created_at from transaction where id = $3::uuid and payment_id = wanted.id), $3::uuid)`;
  return read<ShownTransaction>(database, {
    name: `list-attempts-${direction}${page.from === undefined ? '' : '-from'}`,
    text: `
      select ${selectShown} from unnest($1::uuid[]) with ordinality as wanted (id, place)
      cross join lateral (
        select * from transaction t where t.payment_id = wanted.id ${page.from === undefined ? '' : `and ${from}`}
        order by t.created_at ${direction}, t.id ${direction} limit $2::int
      ) t
      order by wanted.place, t.created_at ${direction}, t.id ${direction}`,
    values: [paymentIds, page.limit, ...(page.from === undefined ? [] : [page.from])],
  });
}
