import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseUnavailable, inTransaction } from '../../src/kernel/db/database.ts';
import type { Payout, StatementEntry } from '../../src/kernel/db/generated/prisma/client.ts';
import { answerAsBank } from '../../src/payouts/answer-as-bank.ts';
import { cancelPayout } from '../../src/payouts/cancel-payout.ts';
import { BankFileFinal } from '../../src/payouts/errors.ts';
import { currenciesOn } from '../../src/payouts/model.ts';
import { rejectBankFile } from '../../src/payouts/reject-bank-file.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { findPayoutsInDoubt } from '../../src/payouts/sql/find-waiting-payouts.ts';
import { assignTransfer } from '../../src/transfers/assign-transfer.ts';
import { bookEntries } from '../../src/transfers/book-entries.ts';
import type { TransferDeps } from '../../src/transfers/deps.ts';
import { dismissTransfer } from '../../src/transfers/dismiss-transfer.ts';
import { holdDismissed } from '../../src/transfers/hold-dismissed.ts';
import { namedIdOf } from '../../src/transfers/model.ts';
import { openPayoutWorld, type PayoutWorld } from '../payouts/world.ts';
import { entryOf, ownAccount } from '../statements/entries.ts';
import { type CamtKind, writeCamt } from '../statements/write-camt.ts';
import { type Dialect, writeMt940 } from '../statements/write-mt940.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { balancesNow, entriesNow, tellOf } from './world.ts';

let world: PayoutWorld;
let transfers: TransferDeps;

beforeAll(async () => {
  world = await openPayoutWorld();
  const { database, clock, deps } = world;
  transfers = { database, clock, log: deps.log, accounts: [ownAccount], folder: undefined };
});

beforeEach(() => {
  world.alarms.length = 0;
});

afterAll(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
  await world.close();
});

let day = 27;

/** A payout of 98.60 PLN, 100.00 less the commission, unless more was sold. It is sent unless it is said that it is not. */
async function payout({ isSent = true, sold = 10_000n } = {}): Promise<Payout> {
  const shop = await world.openShop();
  await world.sell(shop, sold);
  // Every run is on a later business day: Friday, Monday, …
  do day += 1;
  while (!currenciesOn(Temporal.PlainDate.from('2026-11-01').add({ days: day - 1 })).includes('PLN'));
  const at = new Date(Date.UTC(2026, 10, day, 6));
  await world.payAt(at.toISOString());
  if (isSent) {
    world.goTo(new Date(at.getTime() + 10 * 3_600_000).toISOString());
    await sendPayouts(world.payouts);
  }
  const [made] = await world.payoutsOf(shop.id);
  if (!made) throw new Error('No payout was made.');
  return made;
}

const operator = { keyId: 'x', name: 'Anna' };
const reject = ({ bankFileId }: Payout): Promise<void> =>
  inTransaction(world.database, (tx) =>
    rejectBankFile(tx, { clock: world.clock, operator }, { bankFileId: bankFileId ?? '', reason: 'FF01' }),
  );
const assign = (entryId: string, payoutId: string, acceptFee?: boolean): Promise<StatementEntry> =>
  inTransaction(world.database, (tx) =>
    assignTransfer(tx, { clock: world.clock, log: world.deps.log, operator }, { entryId, payoutId, acceptFee }),
  );
const now = async ({ accountOwner, id }: Payout) =>
  (await world.payoutsOf(accountOwner)).find((each) => each.id === id);
const debitOf = ({ id, net }: Payout) =>
  entryOf({
    ...{ direction: 'DEBIT', amount: net, endToEndId: id.replaceAll('-', ''), title: 'Wypłata' },
    counterpartyName: 'Sklep',
  });
const returnOf = (made: Payout) =>
  entryOf({ ...debitOf(made), direction: 'CREDIT', isReversal: true, returnReason: 'AC04' });
const tell = (kind: CamtKind, ...entries: ReturnType<typeof entryOf>[]) =>
  tellOf(transfers, writeCamt(kind, [{ account: ownAccount, entries }]));
const tellMt940 = (dialect: Dialect, ...entries: ReturnType<typeof entryOf>[]) =>
  tellOf(transfers, writeMt940(dialect, [{ account: ownAccount, entries }]));
const kept = async ({ file }: Awaited<ReturnType<typeof tell>>) =>
  (await entriesNow(world.database, file.id)).map(({ status, reason }) => [status, reason].join(' ').trim());

describe('A payout', () => {
  it.each<CamtKind>(['053.001.02', '053.001.08', '054.001.02', '054.001.08'])(
    'is booked by a debit in camt.%s',
    async (kind) => {
      const made = await payout();
      expect(await kept(await tell(kind, debitOf(made)))).toEqual(['BOOKED']);
      expect((await now(made))?.status).toBe('SETTLED');
      expect(world.alarms).toEqual([]);
    },
  );

  it.each<Dialect>(['~', '<', '?', 'mBank'])('is booked and returned by MT940 with %s', async (dialect) => {
    const made = await payout();
    await tellMt940(dialect, debitOf(made));
    expect((await now(made))?.status).toBe('SETTLED');
    await tellMt940(dialect, { ...returnOf(made), title: 'ZWROT AC04' });
    expect(await now(made)).toMatchObject({ status: 'RETURNED', returnReason: 'AC04' });
  });

  it('comes back with its reason, and is on the balance again; told twice it changes nothing', async () => {
    const made = await payout();
    await tell('054.001.08', debitOf(made));
    await tell('054.001.08', returnOf(made));
    expect(await now(made)).toMatchObject({ status: 'RETURNED', returnReason: 'AC04' });
    expect(await world.balanceOf(made.accountOwner)).toBe(made.net);
    const { file } = await tell('053.001.08', debitOf(made), returnOf(made));
    expect(file.fresh).toBe(0);
    expect(await world.balanceOf(made.accountOwner)).toBe(made.net);
    expect(world.alarms).toEqual([]);
  });

  it('that comes back before its debit is told is returned, and the debit is no news', async () => {
    const made = await payout();
    await tell('054.001.02', returnOf(made));
    expect((await now(made))?.status).toBe('RETURNED');
    expect(await kept(await tell('053.001.02', debitOf(made), returnOf(made)))).toEqual(['BOOKED']);
    expect((await now(made))?.status).toBe('RETURNED');
  });

  it('that the file names without its having been sent, or with another amount, stays, and that is looked into', async () => {
    const sent = await payout();
    const waiting = await payout({ isSent: false });
    const before = await balancesNow(world.database);
    const told = await tell(
      ...(['053.001.08', debitOf(waiting)] as const),
      { ...debitOf(sent), amount: sent.net - 1n },
      { ...debitOf(sent), endToEndId: crypto.randomUUID().replaceAll('-', '') },
    );
    expect(await kept(told)).toEqual(['HELD PAYOUT_NOT_SENT', 'HELD PAYOUT_AMOUNT_DIFFERS', 'HELD UNKNOWN_DEBIT']);
    expect([(await now(waiting))?.status, (await now(sent))?.status]).toEqual(['SCHEDULED', 'SENT']);
    expect(await balancesNow(world.database)).toEqual(before);
    expect(world.alarms).toHaveLength(3);
    // Money that comes so is held, not lost.
    const back = await tell('053.001.08', { ...returnOf(sent), amount: sent.net - 1n });
    expect(await kept(back)).toEqual(['HELD PAYOUT_AMOUNT_DIFFERS']);
    expect((await entriesNow(world.database, back.file.id))[0]?.heldAmount).toBe(sent.net - 1n);
  });

  it('that the bank books twice stays booked, and the second debit is looked into', async () => {
    const made = await payout();
    const debits = ['A', 'B'].map((bankReference) => ({ ...debitOf(made), bankReference }));
    expect(await kept(await tell('053.001.08', ...debits))).toEqual(['BOOKED', 'HELD PAYOUT_REPEATED']);
    expect((await now(made))?.status).toBe('SETTLED');
  });

  it('is found by an operator when the bank has lost its id', async () => {
    const made = await payout();
    const debit = await tell('053.001.08', { ...debitOf(made), endToEndId: undefined, title: 'lost' });
    const back = await tell('053.001.08', { ...returnOf(made), endToEndId: undefined, title: 'lost' });
    for (const { file } of [debit, back]) {
      const [entry] = await entriesNow(world.database, file.id);
      const assigned = await assign(entry?.id ?? '', made.id);
      expect(assigned).toMatchObject({ status: 'BOOKED', payoutId: made.id, heldAmount: 0n });
    }
    expect(await now(made)).toMatchObject({ status: 'RETURNED', returnReason: 'AC04' });
  });
});

it('A payout does not come back by money of which the bank has taken a part back', async () => {
  const made = await payout();
  const lost = { ...returnOf(made), endToEndId: undefined, title: 'without its id' };
  const [credit, debit] = await entriesNow(
    world.database,
    (await tell('053.001.08', lost, entryOf({ direction: 'DEBIT', isReversal: true, amount: 1n }))).file.id,
  );
  const deps = { clock: world.clock, log: world.deps.log, operator };
  const reversal = { entryId: debit?.id ?? '', heldTransferId: credit?.id ?? '' };
  await inTransaction(world.database, (tx) => assignTransfer(tx, deps, reversal));
  await expect(assign(credit?.id ?? '', made.id)).rejects.toThrow('The payout is of another amount or currency.');
  expect((await now(made))?.status).toBe('SENT');
});

/** A week later, so that every session is over that a payout waited for. */
async function sendLater(): Promise<number> {
  day += 7;
  world.clock.pass({ ms: 7 * 24 * 3_600_000 });
  return (await sendPayouts(world.payouts)).made;
}

describe('A payout that a held movement names', () => {
  const holdAgain = (entryId: string) => {
    const deps = { clock: world.clock, log: world.deps.log, operator };
    return inTransaction(world.database, (tx) => holdDismissed(tx, deps, { entryId, reason: 'it was' }));
  };
  const dismiss = (entryId: string, notOfPayout?: boolean) => {
    const deps = { clock: world.clock, log: world.deps.log, operator };
    const wish = { entryId, reason: 'of another bank', notOfPayout };
    return inTransaction(world.database, (tx) => dismissTransfer(tx, deps, wish));
  };

  it('keeps its file from being rejected, since the bank may have executed it', async () => {
    const made = await payout();
    const { file } = await tell('053.001.08', { ...debitOf(made), amount: made.net + 1n });
    expect((await entriesNow(world.database, file.id))[0]).toMatchObject({ reason: 'PAYOUT_AMOUNT_DIFFERS' });
    await expect(reject(made)).rejects.toThrow(BankFileFinal);
    await expect(reject(made)).rejects.toThrow(`names the payout ${made.id} of this file`);
    expect(await now(made)).toEqual(made);
  });

  it('keeps its file from being rejected as well when what came back of it is held, less a fee', async () => {
    const made = await payout();
    const { file } = await tell('053.001.08', { ...returnOf(made), amount: made.net - 500n });
    const [entry] = await entriesNow(world.database, file.id);
    expect(entry).toMatchObject({ status: 'HELD', reason: 'PAYOUT_AMOUNT_DIFFERS', heldAmount: made.net - 500n });
    await expect(reject(made)).rejects.toThrow(
      `A held movement on our account names the payout ${made.id} of this file, so the bank may have executed it. Decide on it in heldTransfers first.`,
    );
    expect(await now(made)).toEqual(made);
  });

  it('keeps it from nothing when it is a small transfer of anybody who knows its id', async () => {
    const rejected = await payout();
    const mine = (made: Payout) =>
      entryOf({ ...debitOf(made), direction: 'CREDIT', amount: 1n, title: 'hello', counterpartyName: 'Stranger' });
    expect(await kept(await tell('053.001.08', mine(rejected)))).toEqual(['HELD PAYOUT_AMOUNT_DIFFERS']);
    await reject(rejected);
    const cancelled = await payout({ isSent: false });
    await tellMt940('~', { ...mine(cancelled), title: `hello ${cancelled.id.replaceAll('-', '')}` });
    expect((await entriesNow(world.database)).at(-1)).toMatchObject({ status: 'HELD', payoutId: cancelled.id });
    const wish = { payoutId: cancelled.id, code: undefined, reason: 'x' };
    await inTransaction(world.database, (tx) => cancelPayout(tx, { clock: world.clock, operator }, wish));
    expect([await sendLater(), (await now(rejected))?.status]).toEqual([1, 'SENT']);
  });

  it('keeps it from nothing when it is as large a number in another currency', async () => {
    const made = await payout();
    const stranger = { direction: 'CREDIT', currency: 'HUF', title: 'hello' } as const;
    expect(await kept(await tell('053.001.08', entryOf({ ...debitOf(made), ...stranger })))).toEqual([
      'HELD PAYOUT_AMOUNT_DIFFERS',
    ]);
    await reject(made);
    expect([await sendLater(), (await now(made))?.status]).toEqual([1, 'SENT']);
  });

  it('keeps it from a second file when most of it came back in MT940, without a reason', async () => {
    const made = await payout();
    const back = { ...returnOf(made), isReversal: false, returnReason: undefined, amount: made.net - 500n };
    await tellMt940('~', { ...back, title: `ZWROT ${made.id.replaceAll('-', '')}` });
    expect((await entriesNow(world.database)).at(-1)).toMatchObject({
      ...{ status: 'HELD', payoutId: made.id, isReversal: false, returnReason: null },
    });
    await expect(reject(made)).rejects.toThrow(`names the payout ${made.id} of this file`);
  });

  it('is not sent again while what came back of it is held', async () => {
    const made = await payout();
    await reject(made);
    const { file } = await tell('053.001.08', returnOf(made));
    expect((await entriesNow(world.database, file.id))[0]).toMatchObject({ reason: 'PAYOUT_NOT_SENT' });
    expect([await sendLater(), (await now(made))?.status]).toEqual([0, 'SCHEDULED']);
  });

  it('of another amount is not booked by the bank of the sandbox until somebody has decided on that debit', async () => {
    const made = await payout();
    const { file } = await tell('053.001.08', { ...debitOf(made), amount: made.net + 1n });
    world.clock.pass({ ms: 7 * 24 * 3_600_000 });
    day += 7;
    await answerAsBank(world.payouts);
    expect((await now(made))?.status).toBe('SENT');
    await dismiss((await entriesNow(world.database, file.id))[0]?.id ?? '');
    await answerAsBank(world.payouts);
    expect((await now(made))?.status).toBe('SETTLED');
  });

  it('is not sent when the debit is told while its file is written', async () => {
    const made = await payout();
    await reject(made);
    const [sent] = await Promise.all([sendLater(), tell('053.001.08', debitOf(made))]);
    expect((await now(made))?.status).toBe(sent === 1 ? 'SETTLED' : 'SCHEDULED');
  });

  it('goes into no file after its own was rejected, until an operator says that the debit is another’s', async () => {
    const made = await payout();
    await reject(made);
    const { file } = await tell('053.001.08', debitOf(made));
    const [entry] = await entriesNow(world.database, file.id);
    expect(entry).toMatchObject({ status: 'HELD', reason: 'PAYOUT_NOT_SENT', payoutId: made.id });
    expect([await sendLater(), (await now(made))?.status]).toEqual([0, 'SCHEDULED']);
    await expect(dismiss(entry?.id ?? '')).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: `The debit names the payout ${made.id}, which waits to be sent and would be paid a second time: if the bank executed it, assign the debit to it (payoutId). If it is another movement, a fee say, dismiss it with notOfPayout.`,
    });
    await dismiss(entry?.id ?? '', true);
    expect([await sendLater(), (await now(made))?.status]).toEqual([1, 'SENT']);
  });

  it('goes into no file again once an operator takes his word back that the debit is another’s', async () => {
    const made = await payout();
    await reject(made);
    const [entry] = await entriesNow(world.database, (await tell('053.001.08', debitOf(made))).file.id);
    const entryId = entry?.id ?? '';
    await dismiss(entryId, true);
    expect(await holdAgain(entryId)).toMatchObject({ status: 'HELD', reason: 'PAYOUT_NOT_SENT', payoutId: made.id });
    expect([await sendLater(), (await now(made))?.status]).toEqual([0, 'SCHEDULED']);
    await assign(entryId, made.id);
    expect((await now(made))?.status).toBe('SETTLED');
  });

  it('is settled by the debit of which he takes his word back too late, and the other one of the bank is held', async () => {
    const made = await payout();
    await reject(made);
    const [first, twice] = [
      { ...debitOf(made), bankReference: 'too late' },
      { ...debitOf(made), bankReference: 'twice' },
    ];
    const [entry] = await entriesNow(world.database, (await tell('053.001.08', first)).file.id);
    const entryId = entry?.id ?? '';
    await dismiss(entryId, true);
    expect([await sendLater(), (await now(made))?.status]).toEqual([1, 'SENT']);
    expect(await holdAgain(entryId)).toMatchObject({ status: 'HELD', reason: 'UNKNOWN_DEBIT', payoutId: made.id });
    await assign(entryId, made.id);
    expect((await now(made))?.status).toBe('SETTLED');
    const again = await tell('053.001.08', twice);
    const [second] = await entriesNow(world.database, again.file.id);
    expect(second).toMatchObject({ status: 'HELD', reason: 'PAYOUT_REPEATED', payoutId: made.id });
    await dismiss(second?.id ?? '');
    expect(await holdAgain(second?.id ?? '')).toMatchObject({ status: 'HELD', reason: 'PAYOUT_REPEATED' });
  });
});

describe('A payout that a movement names which is kept and not booked yet', () => {
  /** Whoever imports dies when the file is kept, before any of it is booked. */
  const keep = async (...entries: ReturnType<typeof entryOf>[]): Promise<void> => {
    const { pool } = world.database;
    const query = () => Promise.reject(new Error('the process was killed'));
    const dying = { ...transfers, database: { ...world.database, pool: { connect: () => pool.connect(), query } } };
    const file = writeCamt('053.001.08', [{ account: ownAccount, entries }]);
    await expect(tellOf(dying as unknown as TransferDeps, file)).rejects.toThrow(DatabaseUnavailable);
    expect((await entriesNow(world.database)).at(-1)).toMatchObject({ status: 'NEW', payoutId: null });
  };

  it.each([
    ['a debit', 'SETTLED', debitOf],
    ['what came back', 'RETURNED', returnOf],
  ] as const)('keeps its file from being rejected: it may be %s', async (_, status, movementOf) => {
    const made = await payout();
    await keep(movementOf(made));
    await expect(reject(made)).rejects.toThrow(
      `A movement on our account that is not booked yet names the payout ${made.id} of this file, so the bank may have executed it. Try again when it is booked, within a minute; if that takes longer, the log says why it cannot be booked.`,
    );
    expect(await now(made)).toEqual(made);
    await bookEntries(transfers);
    expect((await now(made))?.status).toBe(status);
    await expect(reject(made)).rejects.toThrow(`its payout ${made.id} is ${status}`);
  });

  it('is in no second file while its debit cannot be booked, nor after that', async () => {
    const made = await payout();
    await reject(made);
    await world.database.pool.query(
      `alter table statement_entry add constraint broken check (status = 'NEW') not valid`,
    );
    await tell('053.001.08', debitOf(made));
    expect(world.alarms).toEqual(['a movement on our account cannot be booked']);
    await sendLater();
    expect((await now(made))?.status).toBe('SCHEDULED');
    await world.database.pool.query('alter table statement_entry drop constraint broken');
    await bookEntries(transfers);
    expect((await entriesNow(world.database)).at(-1)).toMatchObject({ status: 'HELD', reason: 'PAYOUT_NOT_SENT' });
    await sendLater();
    expect((await now(made))?.status).toBe('SCHEDULED');
  });

  it('is paid once when its file is rejected while the debit is imported', async () => {
    const made = await payout();
    const [rejected] = await Promise.allSettled([reject(made), tell('053.001.08', debitOf(made))]);
    await sendLater();
    await bookEntries(transfers);
    expect((await now(made))?.status).toBe(rejected.status === 'fulfilled' ? 'SCHEDULED' : 'SETTLED');
  });

  it('is not booked by the bank of the sandbox before that movement is', async () => {
    const made = await payout();
    await keep({ ...debitOf(made), amount: made.net + 1n });
    world.clock.pass({ ms: 7 * 24 * 3_600_000 });
    day += 7;
    await answerAsBank(world.payouts);
    expect((await now(made))?.status).toBe('SENT');
    await bookEntries(transfers);
  });

  it.each<[string, (id: string) => Partial<ReturnType<typeof entryOf>>]>([
    ['in capitals', (id) => ({ endToEndId: id.toUpperCase() })],
    ['in its title', (id) => ({ endToEndId: 'NOTPROVIDED', title: `Wypłata/${id}` })],
    ['in its title alone', (id) => ({ endToEndId: undefined, title: `${id.toUpperCase()} (ż${id}ż)` })],
    ['beside letters', (id) => ({ endToEndId: `${id}0`, title: `x${id} ${id}x 0${id}` })],
    ['after another id', (id) => ({ endToEndId: undefined, title: `${'0'.repeat(32)} ${id}` })],
    ['in the title of one that names another', (id) => ({ endToEndId: 'f'.repeat(32), title: id })],
    ['in the title of one without any', (id) => ({ endToEndId: '', title: `${id.slice(1)} ${id}` })],
  ])('is one that booking finds as well: %s', async (_, valuesOf) => {
    const made = await payout();
    const movement = { ...debitOf(made), ...valuesOf(made.id.replaceAll('-', '')) };
    await keep(movement);
    const named = namedIdOf({ endToEndId: movement.endToEndId ?? null, title: movement.title });
    const inDoubt = await inTransaction(world.database, (tx) => findPayoutsInDoubt(tx, [made.id]));
    expect(inDoubt).toEqual(named === made.id ? [{ id: made.id, isBooked: false }] : []);
    await bookEntries(transfers);
    expect((await now(made))?.status).toBe(named === made.id ? 'SETTLED' : 'SENT');
  });
});

describe('A payout that the bank executed with a file that it had rejected', () => {
  const heldOf = async ({ file }: Awaited<ReturnType<typeof tell>>): Promise<string> =>
    (await entriesNow(world.database, file.id))[0]?.id ?? '';
  const typesOf = async ({ id }: Payout): Promise<string[]> => {
    const { rows } = await world.database.pool.query<{ type: string }>(
      'select type from event where payout_id = $1 order by number',
      [id],
    );
    return rows.map(({ type }) => type);
  };

  it('is settled by its held debit once an operator says so, and may come back as any other', async () => {
    const made = await payout();
    await reject(made);
    const entryId = await heldOf(await tell('053.001.08', debitOf(made)));
    expect(await assign(entryId, made.id)).toMatchObject({ status: 'BOOKED', reason: null, payoutId: made.id });
    expect(await now(made)).toMatchObject({ status: 'SETTLED', sentAt: made.sentAt, bankFileId: null });
    expect((await now(made))?.settledAt).toEqual(world.clock.now());
    expect(await typesOf(made)).toEqual([...['PAYOUT_SCHEDULED', 'PAYOUT_SENT', 'PAYOUT_SCHEDULED', 'PAYOUT_SETTLED']]);
    const { rows } = await world.database.pool.query(`select action, data from audit_entry where subject = $1`, [
      `transfer:${entryId}`,
    ]);
    const data = { payoutId: made.id, amount: String(made.net), currency: 'PLN' };
    expect(rows).toEqual([{ action: 'ASSIGN_TRANSFER', data }]);
    expect(await brokenInvariants(world.database)).toEqual([]);
    expect(await kept(await tell('053.001.08', returnOf(made)))).toEqual(['BOOKED']);
    expect(await now(made)).toMatchObject({ status: 'RETURNED', returnReason: 'AC04' });
    expect(await world.balanceOf(made.accountOwner)).toBe(made.net);
  });

  it('is settled once, however many say so at once', async () => {
    const made = await payout();
    await reject(made);
    const entryId = await heldOf(await tell('053.001.08', debitOf(made)));
    const done = await Promise.allSettled([assign(entryId, made.id), assign(entryId, made.id)]);
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await now(made))?.status).toBe('SETTLED');
    expect((await typesOf(made)).filter((type) => type === 'PAYOUT_SETTLED')).toHaveLength(1);
  });

  it('comes back only after its debit: what came is held until then', async () => {
    const made = await payout();
    await reject(made);
    const back = await tell('053.001.08', returnOf(made));
    expect(await kept(back)).toEqual(['HELD PAYOUT_NOT_SENT']);
    await expect(assign(await heldOf(back), made.id)).rejects.toThrow(
      'The payout waits to be sent, so it cannot have come back: assign the debit with which the bank executed it first.',
    );
    await assign(await heldOf(await tell('053.001.08', debitOf(made))), made.id);
    expect(await assign(await heldOf(back), made.id)).toMatchObject({ status: 'BOOKED', heldAmount: 0n });
    expect(await now(made)).toMatchObject({ status: 'RETURNED', returnReason: 'AC04' });
    expect(await world.balanceOf(made.accountOwner)).toBe(made.net);
  });

  it('is no payout that was in no file, and none of another amount', async () => {
    const waiting = await payout({ isSent: false });
    const debit = await heldOf(await tell('053.001.08', debitOf(waiting)));
    await expect(assign(debit, waiting.id)).rejects.toThrow(
      'The payout was never in a file for the bank, so this is none of its movements: assign it to what it is for, or dismiss it with notOfPayout.',
    );
    const sent = await payout();
    await reject(sent);
    const other = await heldOf(await tell('053.001.08', { ...debitOf(sent), amount: sent.net - 1n }));
    await expect(assign(other, sent.id)).rejects.toThrow('The payout is of another amount or currency.');
    expect([(await now(waiting))?.status, (await now(sent))?.status]).toEqual(['SCHEDULED', 'SCHEDULED']);
  });
});

describe('A payout that comes back less a fee of a bank', () => {
  const bookedOf = async (): Promise<Record<string, bigint>> => {
    const { rows } = await world.database.pool.query<{ kind: string; amount: bigint }>(
      `select a.kind, (coalesce(sum(case when p.to_id = a.id then p.amount else -p.amount end), 0))::bigint as amount
      from account a join posting p on a.id in (p.from_id, p.to_id)
      where a.kind in ('BANK', 'BANK_FEES', 'PAYOUTS', 'SUSPENSE') and a.currency = 'PLN' group by a.kind`,
    );
    return Object.fromEntries(rows.map(({ kind, amount }) => [kind, amount]));
  };
  const heldOf = async (made: Payout, amount: bigint): Promise<string> => {
    const { file } = await tell('053.001.08', { ...returnOf(made), amount });
    return (await entriesNow(world.database, file.id))[0]?.id ?? '';
  };

  it.each(['SENT', 'SETTLED'])('when it was %s is on the balance in full, and the fee is our cost', async (state) => {
    const before = await bookedOf();
    const made = await payout();
    if (state === 'SETTLED') await tell('054.001.08', debitOf(made));
    const entryId = await heldOf(made, made.net - 500n);
    await expect(assign(entryId, made.id)).rejects.toThrow(
      'The payout is of another amount or currency. If it came back and the bank kept a fee, say acceptFee.',
    );
    expect(await assign(entryId, made.id, true)).toMatchObject({
      ...{ status: 'BOOKED', reason: null, payoutId: made.id, heldAmount: 0n, releasedAmount: made.net - 500n },
    });
    expect(await now(made)).toMatchObject({ status: 'RETURNED', returnReason: 'AC04' });
    expect(await world.balanceOf(made.accountOwner)).toBe(made.net);
    if (state === 'SENT') await tell('054.001.08', debitOf(made));
    const after = await bookedOf();
    const moved = (kind: string): bigint => (after[kind] ?? 0n) - (before[kind] ?? 0n);
    // What left our account less what came back is the fee.
    expect([moved('BANK'), moved('BANK_FEES'), moved('SUSPENSE')]).toEqual([500n, -500n, 0n]);
    expect(moved('PAYOUTS')).toBe(0n);
    const { rows } = await world.database.pool.query(`select data from audit_entry where subject = $1`, [
      `transfer:${entryId}`,
    ]);
    const amount = String(made.net - 500n);
    expect(rows).toEqual([{ data: { payoutId: made.id, amount, currency: 'PLN', acceptFee: true } }]);
    expect(await brokenInvariants(world.database)).toEqual([]);
  });

  it('has a fee that a bank may have kept: no more than 400.00 PLN', async () => {
    const made = await payout({ sold: 100_000n });
    const most = 40_000n;
    const wrong = await heldOf(made, made.net - most - 1n);
    await expect(assign(wrong, made.id, true)).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message:
        'Of this payout 400.01 PLN would be missing, and banks keep at most 400.00 PLN of one that comes back: look for what else came back of it, or whether this is another movement.',
    });
    expect([(await now(made))?.status, await world.balanceOf(made.accountOwner)]).toEqual(['SENT', 0n]);
    await assign(await heldOf(made, made.net - most), made.id, true);
    expect((await now(made))?.status).toBe('RETURNED');
    expect(await brokenInvariants(world.database)).toEqual([]);
  });

  it('is none when it came back in full or more, went out, or had come back before', async () => {
    const none =
      'This is no money that came back less than the payout, so the bank has kept no fee: leave acceptFee out.';
    const made = await payout();
    await expect(assign(await heldOf(made, made.net + 1n), made.id, true)).rejects.toThrow(none);
    const { file } = await tell('053.001.08', { ...debitOf(made), amount: made.net - 1n });
    const [debit] = await entriesNow(world.database, file.id);
    await expect(assign(debit?.id ?? '', made.id, true)).rejects.toThrow(none);
    expect((await now(made))?.status).toBe('SENT');
    const returned = await payout();
    await tell('053.001.08', returnOf(returned));
    await expect(assign(await heldOf(returned, returned.net - 1n), returned.id, true)).rejects.toThrow(
      'The payout has come back already, so no fee of it can be accepted.',
    );
    const deps = { clock: world.clock, log: world.deps.log, operator };
    const wish = { entryId: debit?.id ?? '', transactionId: made.id, acceptFee: true };
    await expect(inTransaction(world.database, (tx) => assignTransfer(tx, deps, wish))).rejects.toThrow(
      'acceptFee goes with payoutId or heldTransferId.',
    );
  });
});
