import DataLoader from 'dataloader';
import type { Database } from './database.ts';

/**
 * Makes a finder of rows by their UUIDs in lower case, or by what `idOf` gives, outside any transaction: what is looked for within one
 * turn of the event loop is read by one statement. It keeps nothing, so that each sees what had been committed before he asked.
 */
export function findTogether<Row extends { readonly id: string }>(
  readRows: (database: Database, ids: readonly string[]) => Promise<readonly Row[]>,
  idOf = ({ id }: Row): string => id,
): (database: Database, id: string) => Promise<Row | undefined> {
  const loaders = new WeakMap<Database, DataLoader<string, Row | undefined>>();
  const loaderOf = (database: Database): DataLoader<string, Row | undefined> => {
    const readAll = async (ids: readonly string[]): Promise<(Row | undefined)[]> => {
      const rows = new Map((await readRows(database, ids)).map((row) => [idOf(row), row]));
      return ids.map((id) => rows.get(id));
    };
    // Requests arrive one by one in a turn, each with the end of its own microtasks.
    return new DataLoader(readAll, { cache: false, batchScheduleFn: setImmediate });
  };
  return (database, id) => {
    const loader = loaders.get(database) ?? loaderOf(database);
    loaders.set(database, loader);
    return loader.load(id);
  };
}
