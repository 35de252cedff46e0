import { InvalidInput } from '../kernel/errors.ts';
import { isUuid } from '../kernel/ids.ts';

/** The most rows one page of a list may have. */
export const pageSizeMax = 100;

/** The arguments of a connection, as they came. */
export type PageArguments = {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
};

/** Says whether a text has the form of an id. */
type IdForm = (text: string) => boolean;

/**
 * Checks the arguments of a connection (Relay cursor connections specification), which Pothos then uses, and looks up the
 * row of its cursor: one of somebody else's row must say no more than one of no row.
 * @param find looks for a row by its id among all rows that the list could have without its filter.
 * @param isId says whether a text has the form of an id of such a row; they are UUIDs unless it is given.
 * @throws InvalidInput as `requirePageForm`, and when the row of the cursor is none of this list.
 */
export async function requirePage(
  args: PageArguments,
  find: (id: string) => Promise<unknown>,
  isId: IdForm = isUuid,
): Promise<void> {
  requirePageForm(args, isId);
  for (const name of ['after', 'before'] as const) {
    const cursor = args[name];
    if (typeof cursor === 'string' && !(await find(idIn(cursor, isId) ?? ''))) throw foreignCursor(name);
  }
}

/**
 * Checks how the arguments of a connection look. That is enough for a connection inside a row, where the database looks
 * for the cursor among the row's own.
 * @throws InvalidInput when `first` and `last` are both given, are negative or over 100, or a cursor is none of ours.
 */
export function requirePageForm(args: PageArguments, isId: IdForm = isUuid): void {
  for (const name of ['first', 'last'] as const) {
    const size = args[name];
    if (size !== null && size !== undefined && (size < 0 || size > pageSizeMax)) {
      throw new InvalidInput(`${name} must be 0 to ${pageSizeMax}, not ${size}; read further with the cursor.`, [name]);
    }
  }
  if (typeof args.first === 'number' && typeof args.last === 'number') {
    throw new InvalidInput('Give either first or last, not both.', ['last']);
  }
  requireOneWay(args);
  for (const name of ['after', 'before'] as const) {
    const cursor = args[name];
    if (typeof cursor === 'string' && idIn(cursor, isId) === undefined) throw foreignCursor(name);
  }
}

function requireOneWay({ first, last, after, before }: PageArguments): void {
  if (typeof before !== 'string') {
    if (typeof after === 'string' && typeof last === 'number') {
      throw new InvalidInput('Give last with before; after goes with first.', ['last']);
    }
  } else if (typeof after === 'string') {
    throw new InvalidInput('Give either after or before, not both.', ['before']);
  } else if (typeof first === 'number') {
    throw new InvalidInput('Give first with after; before goes with last.', ['first']);
  }
}

/**
 * A condition of a list that a row may cease to fulfil, such as its state, widened by the row of the cursor. That row is
 * skipped: if it were not there any more, the list would skip the next one in its place.
 * @param args checked by `requirePage`.
 */
export function withCursor<Condition extends object>(
  condition: Condition,
  args: PageArguments,
): Condition | { OR: (Condition | { id: string })[] } {
  const cursor = args.after ?? args.before;
  const id = typeof cursor === 'string' ? idIn(cursor, () => true) : undefined;
  return id === undefined ? condition : { OR: [condition, { id }] };
}

function foreignCursor(name: string): InvalidInput {
  return new InvalidInput(`${name} is not a cursor of this list; take one from pageInfo or an edge.`, [name]);
}

/** The id in the cursor of a row, base64 of `GPC:S:<id>` as Pothos makes it; undefined: it is no cursor of ours. */
export function idIn(cursor: string, isId: IdForm = isUuid): string | undefined {
  const [, id] = /^GPC:S:([0-9a-z-]{1,36})$/.exec(Buffer.from(cursor, 'base64').toString('utf8')) ?? [];
  return id !== undefined && isId(id) ? id : undefined;
}
