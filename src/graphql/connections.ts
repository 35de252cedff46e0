import type { Page } from '../kernel/db/page.ts';
import { idIn, type PageArguments } from './connection-arguments.ts';

/** How many rows a page has when nobody says. */
const usualSize = 20;

/** One page of a list, as in the Relay cursor connections specification. */
export type Connection<Row> = {
  readonly edges: { readonly cursor: string; readonly node: Row }[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasPreviousPage: boolean;
    readonly hasNextPage: boolean;
  };
};

/** The page that checked arguments ask for, with one row more than the connection shows: it tells whether there are more. */
export function pageOf({ first, last, after, before }: PageArguments): Page {
  const cursor = before ?? after;
  return {
    limit: (first ?? last ?? usualSize) + 1,
    backward: isBackward({ last, before }),
    from: typeof cursor === 'string' ? idIn(cursor) : undefined,
  };
}

/** Makes a connection of the rows that were read for `pageOf` of the same arguments. */
export function connectionOf<Row extends { readonly id: string }>(
  rows: readonly Row[],
  args: PageArguments,
): Connection<Row> {
  const { limit, backward } = pageOf(args);
  const more = rows.length === limit;
  const shown = more ? rows.slice(backward ? 1 : 0, backward ? undefined : -1) : rows;
  const edges = shown.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasPreviousPage: args.after != null || (backward && more),
      hasNextPage: args.before != null || (!backward && more),
    },
  };
}

function isBackward({ last, before }: Pick<PageArguments, 'last' | 'before'>): boolean {
  return before != null || last != null;
}

/** The same as Pothos makes for lists that Prisma reads. */
function cursorOf({ id }: { readonly id: string }): string {
  return Buffer.from(`GPC:S:${id}`).toString('base64');
}
