import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WrongUse } from './errors.ts';

/** Where a listener is in the log of a shop: the cursor of the last event that it is done with. */
export type Place = { readonly file: string; read(): string | undefined; keep(cursor: string): void };

/**
 * The file of a place that nobody named: of its own for each shop, each address that is forwarded to, and each choice of kinds,
 * since whoever listens for some passes over what others wait for.
 */
export function placeFile(
  dataDir: string,
  shopId: string,
  { target, types = [] }: { readonly target: string | undefined; readonly types: readonly string[] | undefined },
): string {
  const what = [...(target === undefined ? [] : [target]), ...types.toSorted()].join(' ');
  const mark = what && `-${createHash('sha256').update(what).digest('hex').slice(0, 8)}`;
  return join(dataDir, 'listen', `${shopId.replaceAll(/[^\w-]/g, '_')}${mark}.json`);
}

/**
 * Opens a place that is kept in a file. It is written beside and then moved over the old one, so that no crash leaves half of
 * it. `read` throws WrongUse for a file that cannot be read, holds something else, or the place in another shop.
 */
export function openPlace(file: string, shopId: string): Place {
  return {
    file,
    read: () => {
      const text = readIfThere(file);
      if (text === undefined) return undefined;
      const kept = parse(text);
      if (kept?.shopId === shopId && typeof kept.cursor === 'string') return kept.cursor;
      throw new WrongUse(`${file} does not hold a place in the log of shop ${shopId}; name another file by --place.`);
    },
    keep: (cursor) => {
      const draft = `${file}.${process.pid}`;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(draft, `${JSON.stringify({ shopId, cursor })}\n`);
      renameSync(draft, file);
    },
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // Taken for none, it would be written over, and all that happened since would be passed over.
    throw new WrongUse(`${file} cannot be read (${code}); let this user read it, or name another file by --place.`);
  }
}

function parse(text: string): { readonly shopId?: unknown; readonly cursor?: unknown } | null {
  try {
    return JSON.parse(text) as { readonly shopId?: unknown } | null;
  } catch {
    return null;
  }
}
