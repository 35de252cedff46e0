import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allotAccount } from '../../src/acquirers/sandbox-transfers/allot-account.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { BankEntry } from '../../src/statements/bank-entry.ts';
import { bookEntries } from '../../src/transfers/book-entries.ts';
import { attemptNow, logOf } from '../acquirers/sandbox-gateway.ts';
import { entryOf, ownAccount, payersAccount } from '../statements/entries.ts';
import { writeCamt } from '../statements/write-camt.ts';
import { type Dialect, writeMt940 } from '../statements/write-mt940.ts';
import { actorOf } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import {
  type Attempt,
  balancesNow,
  entriesNow,
  openTransferWorld,
  type TransferWorld,
  tellOf,
  transferFor,
} from './world.ts';

let world: TransferWorld;
let before: string[];

beforeAll(async () => {
  world = await openTransferWorld();
});

beforeEach(async () => {
  world.alarms.length = 0;
  before = await balancesNow(world.database);
});

afterEach(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

const now = ({ id }: Attempt) => attemptNow(world.database, id);
const kept = async (fileId: string) =>
  (await entriesNow(world.database, fileId)).map(({ status, reason, appliedAmount, heldAmount }) =>
    [status, reason, appliedAmount, heldAmount].join(' '),
  );

/** How balances have moved in a test, as `KIND amount`. */
async function moved(): Promise<string[]> {
  const amounts = (lines: readonly string[]) => new Map(lines.map((line) => line.split(' ') as [string, string]));
  const [old, present] = [amounts(before), amounts(await balancesNow(world.database))];
  return [...new Set([...old.keys(), ...present.keys()])]
    .map((kind) => [kind, BigInt(present.get(kind) ?? 0) - BigInt(old.get(kind) ?? 0)] as const)
    .filter(([, amount]) => amount !== 0n)
    .map(([kind, amount]) => `${kind} ${amount}`)
    .sort();
}

const heldFor = async ({ id }: Attempt) => {
  const { rows } = await world.database.pool.query<{ count: number }>(
    `select count(*)::int as count from event where type = 'TRANSACTION_HELD' and transaction_id = $1`,
    [id],
  );
  return rows[0]?.count;
};

describe('A transfer on a statement', () => {
  it('of the amount that was asked settles its payment, whatever its title says', async () => {
    const attempt = await world.send();
    const { file, replayed } = await world.tell([transferFor(attempt, { title: 'za coś' })]);
    expect([file.entries, file.fresh, replayed]).toEqual([1, 1, false]);
    expect(await now(attempt)).toMatchObject({
      transaction: { status: 'SETTLED', settledAmount: 10_000n, late: false },
      payment: { status: 'SETTLED' },
    });
    expect(await kept(file.id)).toEqual(['BOOKED  10000 0']);
    expect(await moved()).toEqual(['BANK -10000', 'SHOP 10000']);
    expect(world.alarms).toEqual([]);
  });

  it.each<Dialect>(['~', '<', 'mBank'])(
    'in MT940 with %s settles as well, the number standing in its words',
    async (dialect) => {
      const attempt = await world.send();
      const entry = entryOf({ title: `Przelew na ${attempt.number}`, accountNumbers: [] });
      await tellOf(world.transfers, writeMt940(dialect, [{ account: ownAccount, entries: [entry] }]));
      expect((await now(attempt)).transaction.status).toBe('SETTLED');
    },
  );

  it('is for the attempt on whose number it came; words that name several say nothing', async () => {
    const older = await world.send();
    const attempt = await world.sendAgain(older);
    const quoted = entryOf({ title: `za ${older.number}`, accountNumbers: [attempt.number], amount: 9_998n });
    const told = await tellOf(world.transfers, writeMt940('~', [{ account: ownAccount, entries: [quoted] }]));
    expect(await kept(told.file.id)).toEqual(['HELD UNKNOWN_ACCOUNT 0 9998']);
    const title = `${older.number} ${attempt.number}`;
    const onMain = entryOf({ title, sentTo: ownAccount.slice(2), amount: 9_999n });
    const { file } = await world.tell([onMain, transferFor(attempt, { title })]);
    expect(await kept(file.id)).toEqual(['HELD UNKNOWN_ACCOUNT 0 9999', 'BOOKED  10000 0']);
    expect((await now(older)).transaction.settledAmount).toBe(0n);
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', settledAmount: 10_000n });
  });

  it('of less waits for the rest, and a second one completes it', async () => {
    const attempt = await world.send();
    const first = await world.tell([transferFor(attempt, { amount: 6_000n })]);
    expect((await now(attempt)).transaction).toMatchObject({
      ...{ status: 'UNKNOWN', reason: 'AMOUNT_MISMATCH', heldAmount: 6_000n },
    });
    expect(await kept(first.file.id)).toEqual(['PARTIAL UNDERPAID 6000 0']);
    expect(await moved()).toEqual(['BANK -6000', 'SUSPENSE 6000']);
    expect([await heldFor(attempt), world.alarms.length]).toEqual([1, 1]);
    const second = await world.tell([transferFor(attempt, { amount: 4_000n })]);
    expect((await now(attempt)).transaction).toMatchObject({
      status: 'SETTLED',
      settledAmount: 10_000n,
      heldAmount: 0n,
    });
    expect([await kept(first.file.id), await kept(second.file.id)]).toEqual([['BOOKED  6000 0'], ['BOOKED  4000 0']]);
    expect(await moved()).toEqual(['BANK -10000', 'SHOP 10000']);
  });

  it('of more settles what was asked, and the rest is held', async () => {
    const attempt = await world.send();
    const { file } = await world.tell([transferFor(attempt, { amount: 12_500n })]);
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', settledAmount: 10_000n });
    expect(await kept(file.id)).toEqual(['HELD OVERPAID 10000 2500']);
    expect(await moved()).toEqual(['BANK -12500', 'SHOP 10000', 'SUSPENSE 2500']);
    expect(await heldFor(attempt)).toBe(1);
    expect(world.alarms).toEqual(['a movement on our account has to be looked into']);
  });

  it('in three parts of one file settles with the second, and what is too much is held', async () => {
    const attempt = await world.send();
    const { file } = await world.tell([5_000n, 5_000n, 1n].map((amount) => transferFor(attempt, { amount })));
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', settledAmount: 10_000n });
    expect(await kept(file.id)).toEqual(['BOOKED  5000 0', 'BOOKED  5000 0', 'HELD PAID_ALREADY 0 1']);
    expect(await moved()).toEqual(['BANK -10001', 'SHOP 10000', 'SUSPENSE 1']);
  });

  it('that comes after its payment was cancelled or has expired settles it late', async () => {
    const cancelled = await world.send();
    await cancelPayment(world.gateway.deps, actorOf(world.gateway.shop), cancelled.paymentId);
    const day = 24 * 3_600_000;
    const expired = await world.send({ validUntil: new Date(world.gateway.clock.now().getTime() + day) });
    await world.gateway.letPass({ ms: day });
    await world.tell([transferFor(cancelled), transferFor(expired, { amount: 4_000n })]);
    expect((await now(cancelled)).transaction).toMatchObject({ status: 'SETTLED', late: true });
    // Held for an attempt that is over, which stays as it is until the rest has come.
    expect((await now(expired)).transaction).toMatchObject({ status: 'CANCELLED', heldAmount: 4_000n });
    await world.tell([transferFor(expired, { amount: 6_000n })]);
    expect(await now(expired)).toMatchObject({
      transaction: { status: 'SETTLED', late: true, heldAmount: 0n },
      payment: { status: 'SETTLED' },
    });
  });

  it('on a number that nobody knows, or on none, or in another currency, is held', async () => {
    const attempt = await world.send();
    const { file } = await world.tell([
      transferFor({ number: allotAccount('nobody') }),
      entryOf({ title: 'Zapłata za FV 1' }),
      transferFor(attempt, { currency: 'PLN' }),
    ]);
    const euros = await world.tell([transferFor(await world.send(), { currency: 'EUR' })]);
    expect(await kept(file.id)).toEqual([
      ...['HELD UNKNOWN_ACCOUNT 0 10000', 'HELD UNKNOWN_ACCOUNT 0 10000', 'BOOKED  10000 0'],
    ]);
    expect(await kept(euros.file.id)).toEqual(['HELD CURRENCY_DIFFERS 0 10000']);
    expect(world.alarms).toHaveLength(3);
  });

  it('that its bank has told in another way before is the money for what has settled, and not held', async () => {
    const attempt = await world.send();
    await world.gateway.transfers.decideOrder({ reference: attempt.id, decision: 'approve' });
    await world.gateway.letPass({ ms: 1_000 });
    expect(await moved()).toEqual(['ACQUIRER -10000', 'SHOP 10000']);
    const { file } = await world.tell([transferFor(attempt)]);
    expect(await kept(file.id)).toEqual(['BOOKED  10000 0']);
    expect(await moved()).toEqual(['BANK -10000', 'SHOP 10000']);
  });

  it('for an attempt that was replaced settles it, and one for the other attempt is surplus', async () => {
    const first = await world.send();
    const second = await world.sendAgain(first);
    const { file } = await world.tell([transferFor(first), transferFor(second)]);
    expect((await now(first)).transaction).toMatchObject({ status: 'SETTLED', late: true, surplus: false });
    expect((await now(second)).transaction).toMatchObject({ status: 'SETTLED', surplus: true });
    expect(await kept(file.id)).toEqual(['BOOKED  10000 0', 'BOOKED  10000 0']);
    expect(await moved()).toEqual(['BANK -20000', 'SHOP 20000']);
    expect(world.alarms).toEqual(['a payment was paid twice']);
  });

  it('for an attempt that has its money is held, and the shop is told', async () => {
    const attempt = await world.send();
    await world.tell([transferFor(attempt)]);
    const { file } = await world.tell([transferFor(attempt)]);
    expect(await kept(file.id)).toEqual(['HELD PAID_ALREADY 0 10000']);
    expect(await moved()).toEqual(['BANK -20000', 'SHOP 10000', 'SUSPENSE 10000']);
    expect((await logOf(world.database, world.gateway.shop.id)).at(-1)).toMatch(/TRANSACTION_HELD$/);
  });

  it('with split payment settles, and one without the title of one is warned about', async () => {
    const buyer = { type: 'COMPANY', idType: 'VAT_ID', idNumber: '5260250274', idCountryCodeAlpha2: 'PL' };
    const positions = [{ name: 'Kubek', quantity: 1, grossAmount: 10_000, taxStake: 'TAX_23', taxAmount: 1_870 }];
    const documents = { invoice: { invoiceId: 'FV/1/2026', buyer, positions } };
    const [one, other] = [await world.send({ documents }, 'wt_split'), await world.send({ documents }, 'wt_split')];
    await world.tell([transferFor(one, { title: '/VAT/18,70/IDC/5260250274/INV/FV/1/2026/TXT/Kubek' })]);
    expect(world.alarms).toEqual([]);
    await world.tell([transferFor(other, { title: 'kubek' })]);
    expect([(await now(one)).transaction.status, (await now(other)).transaction.status]).toEqual([
      'SETTLED',
      'SETTLED',
    ]);
    expect(world.alarms).toEqual(['a split payment came without the title of one']);
  });

  it('that the bank takes back, or that pays for nothing of ours, is kept and looked into', async () => {
    const attempt = await world.send();
    const { file } = await world.tell([
      transferFor(attempt),
      transferFor(attempt, { direction: 'DEBIT', isReversal: true }),
      entryOf({ direction: 'DEBIT', amount: 500n, title: 'OPŁATA ZA PROWADZENIE RACHUNKU' }),
    ]);
    expect(await kept(file.id)).toEqual(['BOOKED  10000 0', 'HELD UNKNOWN_DEBIT 0 0', 'HELD UNKNOWN_DEBIT 0 0']);
    expect((await now(attempt)).transaction.status).toBe('SETTLED');
    expect(world.alarms).toHaveLength(2);
  });

  it('is kept without card numbers', async () => {
    const { file } = await world.tell([
      entryOf({ title: 'karta 4111 1111 1111 1111', counterpartyName: '4111111111111111' }),
    ]);
    const [entry] = await entriesNow(world.database, file.id);
    expect([entry?.title, entry?.counterpartyName]).toEqual(['karta [card number removed]', '[card number removed]']);
  });
});

describe('A statement', () => {
  it('changes nothing when it is imported again, nor when its movements stand in another file', async () => {
    const attempts = [await world.send(), await world.send()] as const;
    const entries = [...attempts.map((attempt) => transferFor(attempt)), entryOf(), entryOf()];
    const notified = await world.tell(entries.slice(0, 1), '054.001.02');
    const stated = await world.tell(entries);
    expect([notified.file.fresh, stated.file.entries, stated.file.fresh]).toEqual([1, 4, 3]);
    const after = await balancesNow(world.database);
    const again = await world.tell(entries);
    expect([again.file.id, again.replayed]).toEqual([stated.file.id, true]);
    const inAnotherForm = await world.tell(entries, '053.001.02');
    const mt940 = entries.map((entry, place) => ({ ...entry, bankReference: `MT${place}` }));
    const inMt940 = await tellOf(world.transfers, writeMt940('~', [{ account: ownAccount, entries: mt940 }]));
    expect([inAnotherForm.file.fresh, inMt940.file.fresh]).toEqual([0, 0]);
    expect(await balancesNow(world.database)).toEqual(after);
  });

  it('tells of two transfers when two days have one each, though their titles look like the id of a payout', async () => {
    const entry = entryOf({ title: randomUUID().replaceAll('-', '') });
    const first = await world.tell([entry]);
    const second = await world.tell([{ ...entry, bookedOn: '2026-03-03' }]);
    expect([first.file.fresh, second.file.fresh]).toEqual([1, 1]);
  });

  it('tells of two transfers when their references differ, though both look like card numbers', async () => {
    const [one, other] = ['4111111111111111', '5555555555554444'].map((bankReference) =>
      entryOf({ title: bankReference.slice(0, 3), bankReference }),
    ) as [BankEntry, BankEntry];
    const files = [await world.tell([one]), await world.tell([other]), await world.tell([one, other])];
    expect(files.map(({ file }) => file.fresh)).toEqual([1, 1, 0]);
    const kept = await entriesNow(world.database, files[0]?.file.id ?? '');
    expect(kept.map(({ bankReference }) => bankReference)).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
  });

  it('keeps nothing from which the card number of a title or a reference could be searched, however lines cut it', async () => {
    // Two numbers of which only the middle digits differ, which are kept in no form.
    const [one, other] = ['4111111111111111', '4111111110121111'] as const;
    const spelt = one.replaceAll(/(....)(?=.)/g, '$1 ');
    const files = [
      await world.tell([entryOf({ amount: 701n, title: `karta ${spelt}`, bankReference: one })]),
      await world.tell([entryOf({ amount: 701n, title: `karta ${one.slice(0, 9)} ${one.slice(9)}` })]),
      await world.tell([entryOf({ amount: 701n, title: `KARTA ${other}` }), entryOf({ amount: 701n, title: one })]),
    ];
    expect(files.map(({ file }) => file.fresh)).toEqual([1, 0, 1]);
    const [kept] = await entriesNow(world.database, files[0]?.file.id);
    const hashes = [one, spelt].map((number) => createHash('sha256').update(number).digest('hex'));
    expect(hashes).not.toContain(kept?.bankReference?.replace('sha256:', ''));
  });

  it('loses no transfer for another whose reference differs in the middle digits of a card number alone', async () => {
    const [one, other] = ['4111111111111111', '4111111110121111'].map((bankReference) =>
      entryOf({ amount: 703n, title: `order ${bankReference.slice(8, 11)}`, bankReference }),
    ) as [BankEntry, BankEntry];
    const [notified, stated] = [await world.tell([one], '054.001.02'), await world.tell([other, one])];
    expect([notified.file.fresh, stated.file.fresh]).toEqual([1, 1]);
    const [kept] = await entriesNow(world.database, stated.file.id);
    expect(kept?.title).toBe(other.title);
  });

  it('knows a title with a card number wherever lines cut it, though there are signs in it that look like escapes', async () => {
    for (const rest of ['15%20PLN', String.raw`a\nb`]) {
      const [whole, cut] = [`karta 4111111111111111 ${rest}`, `karta 411111111 1111111 ${rest}`];
      const files = [
        await world.tell([entryOf({ amount: 705n, title: whole })]),
        await world.tell([entryOf({ amount: 705n, title: cut })]),
      ];
      expect(files.map(({ file }) => file.fresh)).toEqual([1, 0]);
    }
  });

  it.each([
    ['its hash', (number: string) => `sha256:${createHash('sha256').update(number).digest('hex')}`],
    ['it was written', (number: string) => number],
  ])(
    'knows what was kept before with the hash of a title with a card number in it, and its reference as %s',
    async (_, kept) => {
      const number = '4111-1111 1111.1111';
      const [amount, title] = [BigInt(kept(number).length + 800), `karta ${number}`];
      const byReference = entryOf({ amount, title, bankReference: number });
      const byTitle = entryOf({ amount, title: `${title} x` });
      const { file } = await world.tell([byReference, byTitle, byTitle]);
      const keptBefore = { [byReference.title]: kept(number), [byTitle.title]: null };
      for (const entry of [byReference, byTitle]) {
        const told = [ownAccount, 'CREDIT', false, String(amount), 'PLN'];
        const words = entry.title.toUpperCase().replaceAll(/[^A-Z\d]/g, '');
        const hash = createHash('sha256').update(
          JSON.stringify([...told, [entry.bookedOn, payersAccount.slice(2), words]]),
        );
        await world.database.pool.query(
          'update statement_entry set fingerprint = $1, bank_reference = $2 where file_id = $3 and (bank_reference is null) = $4',
          [hash.digest(), keptBefore[entry.title], file.id, entry.bankReference === undefined],
        );
      }
      const again = await world.tell([byTitle, byReference, byTitle], '053.001.02');
      const more = await world.tell(
        [byTitle, byTitle, byTitle, { ...byReference, title: 'another title' }],
        '053.001.02',
      );
      const inAll = await world.tell([byTitle, byTitle, byTitle, byReference]);
      expect([again, more, inAll].map((each) => each.file.fresh)).toEqual([0, 1, 0]);
    },
  );

  it('that cannot be read, or is of another account, changes nothing', async () => {
    const entries = [transferFor(await world.send())];
    const xml = writeCamt('053.001.02', [
      { account: ownAccount, entries },
      { account: 'PL61109010140000071219812874', entries },
    ]);
    const count = (await entriesNow(world.database)).length;
    await expect(tellOf(world.transfers, xml)).rejects.toThrow(
      'The file has a statement of the account PL61109010140000071219812874, which is none of ours',
    );
    await expect(tellOf(world.transfers, 'x')).rejects.toThrow('Line 1: this is neither');
    await expect(tellOf({ ...world.transfers, accounts: [] }, xml)).rejects.toThrow('No account of ours is set');
    expect((await entriesNow(world.database)).length).toBe(count);
  });

  it('in MT940 is not stopped by the title of a payer that begins like a field', async () => {
    const attempt = await world.send();
    const entries = [entryOf({ amount: 1n, title: 'xMARKx' }), transferFor(attempt)];
    const text = writeMt940('mBank', [{ account: ownAccount, entries }]);
    const lines = ['x', ':20:x', '-}', '{1:', ':61:x'].map((line) => line.padEnd(200, 'x'));
    const { file } = await tellOf(world.transfers, text.replace('xMARKx', `\r\n${lines.join('\r\n')}`));
    expect([file.entries, file.fresh]).toEqual([2, 2]);
    expect(await now(attempt)).toMatchObject({ payment: { status: 'SETTLED' } });
  });

  it('in MT940 pays nothing by a title that tells of money in, and of as much out', async () => {
    const attempt = await world.send();
    const text = writeMt940('mBank', [{ account: ownAccount, entries: [entryOf({ amount: 1n, title: 'MARK' })] }]);
    const lines = [
      ...['x'.repeat(65), ':61:260302C100,00NTRFNONREF'.padEnd(65), `:86:${attempt.number}`.padEnd(65)],
      ':61:260302D100,00NTRFNONREF',
    ];
    const count = (await entriesNow(world.database)).length;
    await expect(tellOf(world.transfers, text.replace('MARK', `\r\n${lines.join('\r\n')}`))).rejects.toThrow(
      /^Line 9: this :61: may be a movement or stand in the title of the one before/,
    );
    expect((await entriesNow(world.database)).length).toBe(count);
    expect(await now(attempt)).toMatchObject({ transaction: { status: 'PENDING' } });
  });

  it('is booked to its end by whoever comes next when its import was killed', async () => {
    const attempt = await world.send();
    const { file } = await world.tell([transferFor(attempt)]);
    // As it would have been left: kept, and not booked.
    const other = await world.send();
    await world.database.pool.query(
      `insert into statement_entry (id, file_id, account, fingerprint, occurrence, direction, is_reversal, amount, currency,
        booked_on, title, account_numbers, status, created_at, updated_at)
      select gen_random_uuid(), file_id, account, 'x', 1, direction, false, amount, currency, booked_on, title, array[$2],
        'NEW', created_at, updated_at from statement_entry where file_id = $1`,
      [file.id, other.number],
    );
    await bookEntries(world.transfers);
    expect((await now(other)).transaction.status).toBe('SETTLED');
  });

  it('of which one movement cannot be booked is booked but for that', async () => {
    const [good, bad] = [await world.send(), await world.send()];
    await world.database.pool.query(
      `alter table transaction add constraint test check (id <> '${bad.id}' or status <> 'SETTLED')`,
    );
    const { file } = await world.tell([transferFor(bad), transferFor(good)]);
    expect(await kept(file.id)).toEqual(['NEW  0 0', 'BOOKED  10000 0']);
    expect(world.alarms).toEqual(['a movement on our account cannot be booked']);
    await world.database.pool.query('alter table transaction drop constraint test');
    await bookEntries(world.transfers);
    expect(await kept(file.id)).toEqual(['BOOKED  10000 0', 'BOOKED  10000 0']);
  });
});

it('A process of the version before decision 0060, which would not know again what is kept, can keep no file during an upgrade', async () => {
  // Its statement, and its values.
  const asBefore = world.database.pool.query(
    `insert into statement_file (id, name, format, hash, entries, fresh, source, created_at)
     values ($1::uuid, $2::text, $3::statement_format, $4::bytea, $5::int, $6::int, $7::text, $8::timestamptz)`,
    [randomUUID(), 'a.sta', 'MT940', Buffer.alloc(32), 0, 0, 'folder', new Date()],
  );
  await expect(asBefore).rejects.toMatchObject({ constraint: 'statement_file_imported_by_an_earlier_version' });
});
