import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EntryIdentity, type KnownEntry, matchEntries } from '../../src/transfers/match-entries.ts';

const identityOf = (values: Partial<EntryIdentity> & { readonly like?: string } = {}): EntryIdentity => {
  const { like = 'one', ...rest } = values;
  return {
    ...{ account: 'ours', fingerprint: new TextEncoder().encode(like), bankReference: null, direction: 'CREDIT' },
    ...{ amount: 100n, bookedOn: '2026-03-02', format: 'CAMT_053', ...rest },
  };
};

/** Imports files one after the other; gives how many movements of each were new, and all that is kept. */
function importAll(files: readonly (readonly EntryIdentity[])[]): { fresh: number[]; kept: KnownEntry[] } {
  const kept: KnownEntry[] = [];
  const fresh = files.map((file) => {
    const occurrences = matchEntries([...kept], file);
    const added = file.flatMap((entry, place) => {
      const occurrence = occurrences[place];
      return occurrence === undefined ? [] : [{ ...entry, occurrence }];
    });
    kept.push(...added);
    return added.length;
  });
  return { fresh, kept };
}

const sure = (reference: string, values: Parameters<typeof identityOf>[0] = {}) =>
  identityOf({ bankReference: reference, ...values });

describe('A movement is known', () => {
  it.each<[string, EntryIdentity[][], number[]]>([
    ['again in the same file', [[identityOf()], [identityOf()]], [1, 0]],
    ['by the reference of the bank', [[sure('A')], [sure('A', { like: 'more is said now' })]], [1, 0]],
    ['by what it says, where one file has no reference', [[identityOf()], [sure('A')], [sure('A')]], [1, 0, 0]],
    ['by what it says, in the other kind of file', [[sure('A')], [sure('B', { format: 'MT940' })]], [1, 0]],
    [
      'once for each that is alike',
      [
        [identityOf(), identityOf()],
        [identityOf(), identityOf()],
      ],
      [2, 0],
    ],
    ['beside another one that is alike', [[identityOf()], [identityOf(), identityOf()], [identityOf()]], [1, 1, 0]],
    ['not by what it says when references differ', [[sure('A')], [sure('B')], [sure('A'), sure('B')]], [1, 1, 0]],
    ['not by a reference of another day', [[sure('1')], [sure('1', { bookedOn: '2026-03-03', like: 'two' })]], [1, 1]],
    ['not by a reference of another amount', [[sure('1')], [sure('1', { amount: 1n, like: 'two' })]], [1, 1]],
    ['not by a reference of another account', [[sure('1')], [sure('1', { account: 'other' })]], [1, 1]],
    [
      'by what it says, of two with one reference',
      [[sure('A')], [sure('A', { like: 'two' }), sure('A')], [sure('A', { like: 'two' })]],
      [1, 1, 0],
    ],
    [
      'after a notification without references',
      [[identityOf({ format: 'CAMT_054' })], [sure('A'), sure('B')], [sure('B'), sure('A')]],
      [1, 1, 0],
    ],
  ])('%s', (_, files, fresh) => {
    expect(importAll(files).fresh).toEqual(fresh);
  });

  it('as itself, where another with its reference is told before it', () => {
    const { kept } = importAll([[sure('A')], [sure('A', { like: 'two' }), sure('A')]]);
    expect(kept.map(({ fingerprint }) => new TextDecoder().decode(fingerprint))).toEqual(['one', 'two']);
  });

  it('however files cut and repeat what a bank has booked: each is kept once, and has a place of its own', () => {
    const booked = fc
      .array(fc.record({ like: fc.constantFrom('a', 'b', 'c'), withReference: fc.boolean() }), { maxLength: 12 })
      .map((movements) =>
        movements.map(({ like, withReference }, place) => ({ like, reference: withReference ? `R${place}` : null })),
      );
    fc.assert(
      fc.property(booked, fc.array(fc.integer({ min: 0, max: 11 })), fc.boolean(), (movements, cuts, asMt940) => {
        const toTell = (reference: string | null, like: string, format: EntryIdentity['format']) =>
          identityOf({ like, bankReference: reference, format });
        // Notifications tell of some, those without a reference only as the statement has them: all at once.
        const partial = cuts.map((cut) =>
          movements
            .slice(cut, cut + 3)
            .filter(({ reference }) => reference !== null)
            .map(({ reference, like }) => toTell(reference, like, 'CAMT_054')),
        );
        const whole = movements.map(({ reference, like }) => toTell(reference, like, 'CAMT_053'));
        const other = movements.map(({ like }, place) => toTell(`M${place}`, like, 'MT940'));
        const { kept } = importAll([...partial, whole, ...(asMt940 ? [other] : []), ...partial, whole.toReversed()]);
        expect(kept.length).toBe(movements.length);
        const places = kept.map(
          ({ fingerprint, occurrence }) => `${new TextDecoder().decode(fingerprint)} ${occurrence}`,
        );
        expect(new Set(places).size).toBe(kept.length);
      }),
    );
  });
});
