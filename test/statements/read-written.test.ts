import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allotAccount } from '../../src/acquirers/sandbox-transfers/allot-account.ts';
import { midnight } from '../../src/calendar/model.ts';
import type { StatementEntry, StatementPart } from '../../src/statements/account-statement.ts';
import type { BankEntry } from '../../src/statements/bank-entry.ts';
import { readBankStatements } from '../../src/statements/read-bank-statements.ts';
import { writeCamt053 } from '../../src/statements/write-camt053.ts';
import { writeMt940 as writeOwnMt940 } from '../../src/statements/write-mt940.ts';
import { entryOf, ownAccount, payersAccount } from './entries.ts';
import { type CamtKind, writeCamt } from './write-camt.ts';
import { type Dialect, writeMt940 } from './write-mt940.ts';

const camtKinds: readonly CamtKind[] = ['053.001.02', '053.001.08', '054.001.02', '054.001.08'];
const dialects: readonly Dialect[] = ['~', '<', '?', 'mBank'];

const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const id = fc.uuid({ version: 7 }).map((uuid) => uuid.replaceAll('-', ''));
const day = fc
  .date({ min: new Date('2025-06-01'), max: new Date('2031-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

/** Any movement whose texts are of these characters. */
const anyEntry = (words: fc.Arbitrary<string>): fc.Arbitrary<BankEntry> =>
  fc.record({
    direction: fc.constantFrom('CREDIT', 'DEBIT'),
    isReversal: fc.boolean(),
    amount: fc.bigInt({ min: 1n, max: 10n ** 15n }),
    currency: fc.constant('PLN'),
    bookedOn: day,
    bankReference: optional(fc.stringMatching(/^[A-Z\d]{5,16}$/).filter((text) => text !== 'NONREF')),
    endToEndId: optional(id),
    counterpartyName: optional(words),
    counterpartyAccount: fc.constantFrom(undefined, payersAccount),
    title: words,
    sentTo: fc.constant(undefined),
    accountNumbers: fc.array(fc.uuid().map(allotAccount), { maxLength: 1 }),
    returnReason: fc.constant(undefined),
  });

/** Banks say in camt on which number money came. */
const onItsNumber = (entry: BankEntry): BankEntry => ({ ...entry, sentTo: entry.accountNumbers[0] });

const camtWords = fc.stringMatching(/^[ -~ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]{1,140}$/).map((text) => text.trim() || 'x');
// What is cut into pieces and marked by signs cannot hold those signs, nor begin or end with spaces.
const mt940Words = fc.stringMatching(/^[A-Za-z ąćęłńóśźżĄĆĘŁŃÓŚŹŻ.,/()&]{1,60}$/).map((text) => `T${text}T`);

const plain = (entries: readonly BankEntry[]): readonly BankEntry[] =>
  entries.map((entry) => ({ ...entry, title: entry.title.replaceAll(/\s+/g, ' ') }));

describe('What a bank writes', () => {
  it.each(camtKinds)('in camt.%s is read as it was meant', (kind) => {
    fc.assert(
      fc.property(fc.array(anyEntry(camtWords).map(onItsNumber), { maxLength: 6 }), (entries) => {
        const { statements } = readBankStatements(Buffer.from(writeCamt(kind, [{ account: ownAccount, entries }])));
        expect(statements).toEqual([{ account: ownAccount, entries }]);
      }),
    );
  });

  it.each(dialects)('in MT940 with %s is read as it was meant, in both encodings', (dialect) => {
    fc.assert(
      fc.property(fc.array(anyEntry(mt940Words), { maxLength: 6 }), (entries) => {
        const text = writeMt940(dialect, [{ account: ownAccount, entries }]);
        const { statements } = readBankStatements(Buffer.from(text));
        expect(statements.map(({ account }) => account)).toEqual([ownAccount]);
        expect(plain(statements[0]?.entries ?? [])).toEqual(plain(entries));
        const [inWindows] = readBankStatements(Buffer.from(text.replaceAll(/[^\0-\x7f]/g, 'ó'), 'latin1')).statements;
        expect(inWindows?.entries.map(({ amount }) => amount)).toEqual(entries.map(({ amount }) => amount));
      }),
    );
  });

  it.each(camtKinds)('in camt.%s is XML to another program as well', (kind) => {
    const entries = [entryOf({ title: 'a < b & c > d', sentTo: allotAccount('one') }), entryOf()];
    const xml = writeCamt(kind, [{ account: ownAccount, entries }]);
    execFileSync('xmllint', ['--noout', '--nonet', '-'], { input: xml });
    const count = execFileSync('xmllint', ['--xpath', 'count(//*[local-name()="Ntry"])', '-'], { input: xml });
    expect(String(count).trim()).toBe('2');
  });

  it('is never read half: a file that is cut off anywhere is refused', () => {
    const account = ownAccount;
    const entries = [
      entryOf({ sentTo: allotAccount('one'), accountNumbers: [allotAccount('one')] }),
      entryOf({ direction: 'DEBIT' }),
    ];
    for (const text of [writeCamt('053.001.08', [{ account, entries }]), writeMt940('~', [{ account, entries }])]) {
      const end = text.trimEnd().length;
      for (let length = 0; length < end - 8; length += 7) {
        expect(() => readBankStatements(Buffer.from(text.slice(0, length)))).toThrow(/^(?:Line \d+)/);
      }
    }
  });
});

const name = fc.stringMatching(/^[ -~ąćęłńóśźżĄĆĘŁŃÓŚŹŻїґ€𝄞]{1,60}$/u).filter((text) => text.trim() !== '');

/** Any movement on an account of a shop. */
const anyOwnEntry: fc.Arbitrary<StatementEntry> = fc.record({
  part: fc.constant('entry'),
  number: fc.bigInt({ min: 1n, max: 10n ** 12n }).map(String),
  kind: fc.constantFrom('SALE', 'COMMISSION', 'REFUND_ORDERED', 'PAYOUT'),
  amount: fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }).filter((amount) => amount !== 0n),
  at: fc.date({ min: new Date('2026-03-27T23:00:00Z'), max: new Date('2026-10-27T22:59:59Z'), noInvalidDate: true }),
  orderId: optional(name),
  transactionId: optional(fc.uuid({ version: 7 })),
  movementId: optional(fc.uuid({ version: 7 })),
});

describe('What we write of our own accounts', () => {
  const file = {
    ...{
      id: '018f4e2a-0000-7000-8000-000000000001',
      madeAt: new Date('2026-11-02T06:00:00Z'),
      ownerName: 'Żółć & Syn',
    },
    ...{ from: Temporal.PlainDate.from('2026-03-28'), until: Temporal.PlainDate.from('2026-10-27') },
    span: {
      from: midnight(Temporal.PlainDate.from('2026-03-28')),
      before: midnight(Temporal.PlainDate.from('2026-10-28')),
    },
  };
  const warsawDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Warsaw' });

  it.each([
    ['camt.053', writeCamt053],
    ['MT940', writeOwnMt940],
  ] as const)('in %s is read as it was meant, whatever orders are called', async (_, write) => {
    const account = { account: file.id, name: 'Łódź <1>', currency: 'PLN' } as const;
    const opening = -5n;
    await fc.assert(
      fc.asyncProperty(fc.array(anyOwnEntry, { maxLength: 6 }), async (entries) => {
        const closing = entries.reduce((sum, { amount }) => sum + amount, opening);
        const parts: StatementPart[] = [{ part: 'start', ...account, opening, closing }, ...entries, { part: 'end' }];
        const written = await Array.fromAsync(write(file, Readable.from(parts)));
        const { statements } = readBankStatements(Buffer.from(written.join('')));
        const read = statements.flatMap((statement) => statement.entries);
        expect(statements.length).toBe(1);
        expect(read.map((entry) => [entry.bankReference, entry.bookedOn, entry.direction, entry.amount])).toEqual(
          entries.map(({ number, at, amount }) => [
            ...[number, warsawDay.format(at), amount < 0n ? 'DEBIT' : 'CREDIT', amount < 0n ? -amount : amount],
          ]),
        );
      }),
    );
  });
});
