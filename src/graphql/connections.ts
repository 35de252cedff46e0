import type { Page } from '../kernel/db/page.ts';
import type { Listing } from '../kernel/listing.ts';
import { idIn, type PageArguments, requirePageForm } from './connection-arguments.ts';

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

/**
 * Makes a connection of a list that a row holds and that never changes, whose cursors are places in it.
 * @throws InvalidInput as `requirePageForm`.
 */
export function connectionWithin<Item>({ size, slice }: Listing<Item>, args: PageArguments): Connection<Item> {
  requirePageForm(args, isPlace);
  const wanted = args.first ?? args.last ?? usualSize;
  const before = Math.min(placeIn(args.before) ?? size, size);
  const from = isBackward(args) ? Math.max(0, before - wanted) : Math.min((placeIn(args.after) ?? -1) + 1, size);
  const to = isBackward(args) ? before : from + wanted;
  const edges = slice(from, to).map((node, place) => ({ cursor: cursorOf({ id: `${from + place}` }), node }));
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasPreviousPage: from > 0,
      hasNextPage: from + edges.length < size,
    },
  };
}

const isPlace = (text: string): boolean => /^[0-9]{1,9}$/.test(text);

function placeIn(cursor: string | null | undefined): number | undefined {
  return typeof cursor === 'string' ? Number(idIn(cursor, isPlace)) : undefined;
}

function isBackward({ last, before }: Pick<PageArguments, 'last' | 'before'>): boolean {
  return before != null || last != null;
}

/** The same as Pothos makes for lists that Prisma reads. */
function cursorOf({ id }: { readonly id: string }): string {
  return Buffer.from(`GPC:S:${id}`).toString('base64');
}
