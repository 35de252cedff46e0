import { type Database, read } from '../../kernel/db/database.ts';
import type { Head } from '../model.ts';

/** An entry as far as the chain of hashes goes. */
export type Link = {
  readonly sequence: bigint;
  readonly previous: Buffer;
  readonly hash: Buffer;
  /** What the hash should be, by what the entry holds. */
  readonly genuine: Buffer;
};

/** Reads up to `max` entries behind a place, in order, and computes their hashes anew. */
export async function readLinks(
  database: Database,
  { after, max }: { readonly after: bigint; readonly max: number },
): Promise<readonly Link[]> {
  return read<Link>(database, {
    name: 'read-audit-links',
    text: `
      select sequence, previous, hash,
        sha256(previous || convert_to(jsonb_build_array(sequence, floor(extract(epoch from at) * 1000), merchant_id, actor,
          action, subject, data)::text, 'UTF8')) as genuine
      from audit_entry where sequence > $1::bigint order by sequence limit $2::int`,
    values: [after, max],
  });
}

/** Reads where the log says that it ends; undefined when even that is gone. */
export async function readHead(database: Database): Promise<Head | undefined> {
  const [row] = await read<Head>(database, {
    name: 'read-audit-head',
    text: 'select sequence, hash from audit_head',
    values: [],
  });
  return row;
}

/**
 * Looks for the place at which an entry with a false hash was written, by trying every one up to `last`: undefined when
 * it is none of them, so that the entry itself was changed.
 */
export async function findWrittenPlace(
  database: Database,
  { sequence, last }: { readonly sequence: bigint; readonly last: bigint },
): Promise<bigint | undefined> {
  const [row] = await read<{ place: bigint }>(database, {
    name: 'find-audit-place',
    text: `
      select place from audit_entry e, generate_series(1, $2::bigint) place
      where e.sequence = $1::bigint
        and e.hash = sha256(e.previous || convert_to(jsonb_build_array(place, floor(extract(epoch from e.at) * 1000),
          e.merchant_id, e.actor, e.action, e.subject, e.data)::text, 'UTF8'))
      limit 1`,
    values: [sequence, last],
  });
  return row?.place;
}
