import { InvalidInput } from '../kernel/errors.ts';

/** The most rows one page of a list may have. */
export const pageSizeMax = 100;

/**
 * Checks the arguments of a connection (Relay cursor connections specification) and gives them back for Pothos.
 * @throws InvalidInput when `first` and `last` are both given, are negative or over 100, or a cursor is none of ours.
 */
export function pageOf<
  Args extends {
    first?: number | null | undefined;
    last?: number | null | undefined;
    after?: string | null | undefined;
    before?: string | null | undefined;
  },
>(args: Args): Args {
  for (const name of ['first', 'last'] as const) {
    const size = args[name];
    if (size !== null && size !== undefined && (size < 0 || size > pageSizeMax)) {
      throw new InvalidInput(`${name} must be 0 to ${pageSizeMax}, not ${size}; read further with the cursor.`, [name]);
    }
  }
  if (typeof args.first === 'number' && typeof args.last === 'number') {
    throw new InvalidInput('Give either first or last, not both.', ['last']);
  }
  for (const name of ['after', 'before'] as const) {
    const cursor = args[name];
    if (typeof cursor === 'string' && !isRowCursor(cursor)) {
      throw new InvalidInput(`${name} is not a cursor of this list; take one from pageInfo or an edge.`, [name]);
    }
  }
  return args;
}

/** Row cursors are what Pothos makes of the id of a row: base64 of `GPC:S:<uuid>`. */
function isRowCursor(cursor: string): boolean {
  return /^GPC:S:[0-9a-f-]{36}$/.test(Buffer.from(cursor, 'base64').toString('utf8'));
}
