import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { NotDone, WrongUse } from './errors.ts';

/** What a listener is there for: where it posts and in which form, if anywhere, and which kinds it does not pass over, if not all. */
export type Purpose = {
  readonly target: string | undefined;
  readonly form: string | undefined;
  readonly types: readonly string[] | undefined;
};

/** Where a listener is in the log of a shop: the cursor of the last event that it is done with. */
export type Place = {
  readonly file: string;
  /** @throws WrongUse for a file that cannot be read, or does not hold the place of such a listener. */
  read(): string | undefined;
  /** Finds out before anything is posted. @throws NotDone when the file cannot be written. */
  requireWritable(): void;
  /** @throws NotDone when the file cannot be written, or was by somebody else since this listener did or began. */
  keep(cursor: string): void;
};

/**
 * The file of a place that nobody named: of its own for each shop, each address that is forwarded to, and each choice of kinds,
 * since whoever listens for some passes over what others wait for.
 */
export function placeFile(dataDir: string, shopId: string, { target, types = [] }: Omit<Purpose, 'form'>): string {
  const what = [...(target === undefined ? [] : [target]), ...types.toSorted()].join(' ');
  const mark = what && `-${createHash('sha256').update(what).digest('hex').slice(0, 8)}`;
  return join(dataDir, 'listen', `${shopId.replaceAll(/[^\w-]/g, '_')}${mark}.json`);
}

/**
 * Opens a place that is kept in a file, with the purpose of its listener. It is written beside and then moved over the old one,
 * so that no crash leaves half of it.
 */
export function openPlace(file: string, shopId: string, purpose: Purpose): Place {
  const target = purpose.target ?? null;
  const form = purpose.form ?? null;
  const types = [...new Set(purpose.types)].toSorted();
  let known: string | undefined;
  return {
    file,
    read: () => {
      const text = readIfThere(file);
      if (text === undefined) return undefined;
      const kept = parse(text);
      if (kept?.shopId !== shopId || typeof kept.cursor !== 'string') {
        throw new WrongUse(`${file} does not hold a place in the log of shop ${shopId}; name another file by --place.`);
      }
      if (isOf(kept, JSON.stringify([target, form, types]))) return kept.cursor;
      throw new WrongUse(
        `${file} holds the place of a listener that ${inWords(kept)}; name another file by --place, or begin anew by --from-start or --after.`,
      );
    },
    requireWritable: () => {
      write(file, '', (draft) => rmSync(draft));
      known = undefined;
      if (!existsSync(file)) return;
      if (statSync(file).isDirectory()) throw unwritable(file, 'EISDIR');
      requireRegular(file);
      known = textNow(file);
    },
    keep: (cursor) => {
      const text = `${JSON.stringify({ shopId, target, form, types, cursor })}\n`;
      // One that was removed meanwhile is written anew.
      if (![undefined, known].includes(textNow(file))) throw sharedPlace(file);
      write(file, text, renameSync);
      known = text;
    },
  };
}

type Kept = { readonly [name in 'shopId' | 'cursor' | 'target' | 'form' | 'types']?: unknown };

/** Earlier versions kept no purpose; whose place that is nobody knows, so it is taken for this one's. */
function isOf({ target, form, types }: Kept, purpose: string): boolean {
  return (target === undefined && types === undefined) || JSON.stringify([target, form, types]) === purpose;
}

/** Without what follows the path of an address: people put secrets there. */
function inWords({ target, form, types }: Kept): string {
  const kinds = Array.isArray(types) && types.length > 0 ? types.join(',') : 'all kinds';
  return typeof target === 'string'
    ? `posts ${kinds} to ${target.replace(/[?#].*/s, '')} (${form})`
    : `prints ${kinds}`;
}

/**
 * Writes a draft beside the file, or beside what it is a link to, and hands it on with the name of what it is to be; of one that
 * could not be, nothing is left.
 */
function write(file: string, text: string, finish: (draft: string, whole: string) => void): void {
  let draft: string | undefined;
  try {
    const whole = behindLinks(file);
    mkdirSync(dirname(whole), { recursive: true });
    draft = `${whole}.${process.pid}`;
    // The address may have a secret in it.
    writeFileSync(draft, text, { mode: 0o600 });
    finish(draft, whole);
  } catch (error) {
    if (draft !== undefined && existsSync(draft)) rmSync(draft);
    throw unwritable(file, (error as NodeJS.ErrnoException).code);
  }
}

/**
 * What a file is a link to, by however many links and whether that is there or not; itself, if it is none. Folders are followed as well,
 * so that it has one name before it is there and after. @throws as `realpath`.
 */
export function behindLinks(file: string): string {
  const whole = resolve(file);
  try {
    return realpathSync(whole);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const folder = dirname(whole);
  if (folder === whole) return whole;
  const isLink = lstatSync(whole, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink
    ? behindLinks(resolve(behindLinks(folder), readlinkSync(whole)))
    : join(behindLinks(folder), basename(whole));
}

/** Undefined also when it cannot be read: whether it can be written is found out by writing. */
function textNow(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function sharedPlace(file: string): NotDone {
  return new NotDone(
    `Another \`bramka listen\` keeps its place in ${file}, and both do every event; end one, or name another file by --place.`,
  );
}

function unwritable(file: string, code: string | undefined): NotDone {
  return new NotDone(`The place cannot be kept in ${file} (${code}); name one by --place that this user can write.`);
}

/** So many bytes a place has at most: an address, the names of all kinds, and a cursor, generously. */
const bytesMax = 65_536;

/** A device or a pipe may be read without end, or for ever wait for a writer, and would be replaced by the first place that is kept. */
function requireRegular(file: string): void {
  const found = statSync(file);
  if (!found.isFile() && !found.isDirectory()) {
    throw new WrongUse(`${file} is a device or a pipe, and a place is kept in a file; name another by --place.`);
  }
  if (found.isFile() && found.size > bytesMax) {
    throw new WrongUse(`${file} is too long to hold a place; name another file by --place.`);
  }
}

function readIfThere(file: string): string | undefined {
  try {
    requireRegular(file);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof WrongUse) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // Taken for none, it would be written over, and all that happened since would be passed over.
    throw new WrongUse(`${file} cannot be read (${code}); let this user read it, or name another file by --place.`);
  }
}

function parse(text: string): Kept | null {
  try {
    return JSON.parse(text) as Kept | null;
  } catch {
    return null;
  }
}
