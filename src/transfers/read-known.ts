import type { Tx } from '../kernel/db/database.ts';
import type { EntryIdentity, KnownEntry } from './match-entries.ts';
import { readAlike } from './sql/read-alike.ts';

/** A movement that a file tells, with what it was known by before decision 0060, if that was something else. */
export type ToldEntry = EntryIdentity & {
  readonly earlierFingerprint: Uint8Array | undefined;
  readonly earlierReferences: readonly string[];
};

/**
 * Reads what is kept and may be one of these movements. What is kept under an earlier fingerprint or reference is given with the
 * present one, so that nothing is booked twice that was imported before.
 */
export async function readKnown(tx: Tx, told: readonly ToldEntry[]): Promise<readonly KnownEntry[]> {
  const known = await readAlike(tx, [...told, ...told.flatMap(earlierIdentities)]);
  const fingerprints = new Map<string, Uint8Array>();
  const references = new Map<string, string | null>();
  for (const { fingerprint, earlierFingerprint, bankReference, earlierReferences } of told) {
    if (earlierFingerprint) fingerprints.set(hexOf(earlierFingerprint), fingerprint);
    for (const reference of earlierReferences) references.set(reference, bankReference);
  }
  return known.map((entry) => ({
    ...entry,
    fingerprint: fingerprints.get(hexOf(entry.fingerprint)) ?? entry.fingerprint,
    bankReference: references.get(entry.bankReference ?? '') ?? entry.bankReference,
  }));
}

function earlierIdentities(entry: ToldEntry): EntryIdentity[] {
  const { earlierFingerprint, earlierReferences } = entry;
  const fingerprint = earlierFingerprint ?? entry.fingerprint;
  const byReference = earlierReferences.map((bankReference) => ({ ...entry, fingerprint, bankReference }));
  return byReference.length === 0 && earlierFingerprint ? [{ ...entry, fingerprint }] : byReference;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
