import type { Database } from '../kernel/db/database.ts';
import { type AuditFault, formatHead, type Head, noHash } from './model.ts';
import { findWrittenPlace, type Link, readHead, readLinks } from './sql/read-chain.ts';

/** What a check of the audit log came to. */
export type AuditVerdict = {
  readonly entries: number;
  readonly faults: number;
  /** The last entry; sequence 0 and zero bytes for a log without any. */
  readonly head: Head;
};

type Wish = {
  /** A head that was printed earlier and kept elsewhere. */
  readonly expected: Head | undefined;
  /** Told of each fault as it is found, so that a log that is all wrong takes no more memory than another. */
  readonly onFault: (fault: AuditFault) => void;
};

const pageSize = 1_000;
/** Finding out where an entry was written tries every place in the log, so it is done for the first faults only. */
const searchesMax = 20;

/**
 * Reads the whole audit log, a page at a time, and computes every hash anew. It finds entries that were changed, taken out
 * (also the last ones), put at another place or replaced. It cannot find a log that somebody with every right on the
 * database wrote anew from some entry on, hashes, head and all: only a head that was kept elsewhere does (`expected`).
 */
export async function verifyLog(database: Database, { expected, onFault }: Wish): Promise<AuditVerdict> {
  // Read first: entries that are written meanwhile stand behind it.
  const promised = await readHead(database);
  let faults = 0;
  const tell = (sequence: bigint, what: string): void => {
    faults += 1;
    onFault({ sequence, what });
  };
  if (!promised) tell(0n, 'The row that says where the log ends is missing.');
  let before: Link = { sequence: 0n, previous: noHash, hash: noHash, genuine: noHash };
  let entries = 0;
  let searches = 0;
  for (;;) {
    const page = await readLinks(database, { after: before.sequence, max: pageSize });
    for (const link of page) {
      for (const what of gapBefore(link, before)) tell(before.sequence + 1n, what);
      if (!link.hash.equals(link.genuine)) {
        const last = promised?.sequence ?? link.sequence;
        const place =
          searches < searchesMax ? await findWrittenPlace(database, { sequence: link.sequence, last }) : undefined;
        searches += 1;
        tell(link.sequence, place === undefined ? changed(link) : moved(link, place));
      } else if (isLoose(link, before)) tell(link.sequence, loose(link));
      for (const known of [promised, expected]) if (known) checkKnown(link, known, tell);
      before = link;
    }
    entries += page.length;
    if (page.length < pageSize) break;
  }
  checkEnd(before.sequence, { promised, expected }, tell);
  return { entries, faults, head: { sequence: before.sequence, hash: before.hash } };
}

type Tell = (sequence: bigint, what: string) => void;

function gapBefore(link: Link, before: Link): readonly string[] {
  const [first, last] = [before.sequence + 1n, link.sequence - 1n];
  return first > last ? [] : [missing(first, last)];
}

function missing(first: bigint, last: bigint): string {
  return first === last ? `Entry ${first} is missing.` : `Entries ${first} to ${last} are missing.`;
}

/** Whether an entry that is whole does not fit the one before it, although that one is there and whole itself. */
function isLoose(link: Link, before: Link): boolean {
  const bothWhole = before.hash.equals(before.genuine) && link.sequence === before.sequence + 1n;
  return bothWhole && !link.previous.equals(before.hash);
}

function changed({ sequence }: Link): string {
  return `Entry ${sequence} was changed: what it holds does not give its hash.`;
}

function moved({ sequence }: Link, place: bigint): string {
  return `Entry ${sequence} was put in this place: it was written as entry ${place}.`;
}

function loose({ sequence }: Link): string {
  return `Entry ${sequence} does not follow entry ${sequence - 1n}: one of the two was replaced by another.`;
}

/** Compares an entry with a head that is known of its place. */
function checkKnown(link: Link, known: Head, tell: Tell): void {
  if (link.sequence !== known.sequence || link.hash.equals(known.hash)) return;
  tell(link.sequence, `Entry ${link.sequence} is not the one that ended the log once: that was ${formatHead(known)}.`);
}

/** Finds entries that were cut off the end. */
function checkEnd(
  last: bigint,
  { promised, expected }: { readonly promised: Head | undefined; readonly expected: Head | undefined },
  tell: Tell,
): void {
  let told = last;
  for (const { sequence } of [promised, expected].filter((head) => head !== undefined)) {
    if (sequence > told) tell(told + 1n, missing(told + 1n, sequence));
    if (sequence > told) told = sequence;
  }
}
