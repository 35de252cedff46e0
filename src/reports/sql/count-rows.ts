import type { Snapshot } from '../../kernel/db/read-snapshot.ts';
import type { ReportWish, RowSource } from './report-wish.ts';

/** Counts the rows that a report will have. */
export async function countRows(
  snapshot: Pick<Snapshot, 'query'>,
  source: RowSource,
  wish: ReportWish,
): Promise<bigint> {
  const { name, text, values } = source.statement(wish);
  // Without its order, in which nobody is interested and which would cost a sort.
  const unordered = text.slice(0, text.lastIndexOf('order by'));
  const [row] = await snapshot.query<{ rows: bigint }>({
    name: `count-${name}`,
    text: `select count(*) as rows from (${unordered}) as counted`,
    values,
  });
  return row?.rows ?? 0n;
}
