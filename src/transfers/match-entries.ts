import type { EntryDirection, StatementFormat } from '../kernel/db/generated/prisma/enums.ts';

/** What a movement is known by. */
export type EntryIdentity = {
  /** Ours: an IBAN. */
  readonly account: string;
  readonly fingerprint: Uint8Array;
  readonly bankReference: string | null;
  readonly direction: EntryDirection;
  readonly amount: bigint;
  readonly bookedOn: string;
  readonly format: StatementFormat;
};

/** A movement that is kept already, and which of those it is that are alike. */
export type KnownEntry = EntryIdentity & { readonly occurrence: number };

/**
 * Finds out which movements of a file are new (docs/decisions/0030): each that is kept answers for one that is told. First those
 * pair that have the same reference of the bank, and of these first those that are alike; then those that are alike, unless both
 * have a reference, of the same kind of file, and these differ. What is left over was never told before. Pure.
 * @param known what is kept and has a reference or a fingerprint of the file.
 * @returns for each told movement its occurrence, or undefined when it is known.
 */
export function matchEntries(
  known: readonly KnownEntry[],
  told: readonly EntryIdentity[],
): readonly (number | undefined)[] {
  const free = new Set(known);
  const paired = new Set<EntryIdentity>();
  const pair = (keyOf: (entry: EntryIdentity) => string | undefined, mayBe: typeof mayBeSame): void => {
    const groups = Map.groupBy(free, keyOf);
    for (const entry of told) {
      const key = paired.has(entry) ? undefined : keyOf(entry);
      const group = key === undefined ? undefined : groups.get(key);
      const place = group?.findIndex((each) => mayBe(each, entry)) ?? -1;
      const [match] = place < 0 ? [] : (group?.splice(place, 1) ?? []);
      if (!match) continue;
      free.delete(match);
      paired.add(entry);
    }
  };
  // References that look like card numbers may be kept as one (docs/decisions/0060): what is alike besides comes first.
  pair(wholeKey, () => true);
  pair(referenceKey, () => true);
  pair(fingerprintKey, mayBeSame);
  const occurrences = new Map<string, number>();
  for (const entry of known) {
    const key = fingerprintKey(entry);
    occurrences.set(key, Math.max(occurrences.get(key) ?? 0, entry.occurrence));
  }
  return told.map((entry) => {
    if (paired.has(entry)) return undefined;
    const key = fingerprintKey(entry);
    const occurrence = (occurrences.get(key) ?? 0) + 1;
    occurrences.set(key, occurrence);
    return occurrence;
  });
}

/** Banks give the same reference in all their XML, and another one in MT940. */
function kindOf({ format }: EntryIdentity): 'camt' | 'mt940' {
  return format === 'MT940' ? 'mt940' : 'camt';
}

function referenceKey(entry: EntryIdentity): string | undefined {
  const { account, bankReference, direction, amount, bookedOn } = entry;
  if (bankReference === null) return undefined;
  return JSON.stringify([account, kindOf(entry), bankReference, direction, String(amount), bookedOn]);
}

function wholeKey(entry: EntryIdentity): string | undefined {
  const reference = referenceKey(entry);
  return reference && `${reference} ${fingerprintKey(entry)}`;
}

function fingerprintKey({ account, fingerprint }: EntryIdentity): string {
  return `${account} ${Buffer.from(fingerprint).toString('hex')}`;
}

function mayBeSame(known: EntryIdentity, told: EntryIdentity): boolean {
  return known.bankReference === null || told.bankReference === null || kindOf(known) !== kindOf(told);
}
