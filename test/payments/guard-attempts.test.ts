import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Database, DatabaseUnavailable, openDatabase } from '../../src/kernel/db/database.ts';
import { createMetrics, type Metrics } from '../../src/kernel/metrics.ts';
import { TooManyAttempts } from '../../src/payments/errors.ts';
import { type AttemptGuard, createAttemptGuard, type RefusedTry, type Try } from '../../src/payments/guard-attempts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let home: TestDatabase;
let database: Database;
let metrics: Metrics;
let guard: AttemptGuard;
let pauses: number[];
let said: { msg: string; paymentId: string }[];
/** What happens while a try is paused. */
let meanwhile: () => Promise<void>;

const log = pino({ level: 'error' }, { write: (line) => void said.push(JSON.parse(line)) });
const newGuard = (db: Database = database): AttemptGuard =>
  createAttemptGuard({
    database: db,
    log,
    metrics,
    pause: async ({ ms }) => {
      pauses.push(ms);
      await meanwhile();
    },
  });

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
});
afterAll(async () => {
  await database.close();
  await home.drop();
});
beforeEach(async () => {
  await database.pool.query('delete from abuse_count');
  vi.useFakeTimers({ now: new Date('2026-03-02T10:00:00.000Z'), toFake: ['Date'] });
  metrics = createMetrics();
  pauses = [];
  said = [];
  meanwhile = async () => undefined;
  guard = newGuard();
});
afterEach(() => {
  vi.useRealTimers();
});

const minutes = (count: number) => vi.setSystemTime(Date.now() + count * 60_000);
const counted = async () =>
  [...(await metrics.write()).matchAll(/^bramka_limited_total\{limit="(\w+)",effect="(\w+)"\} (\d+)$/gm)].map(
    ([, ...parts]) => parts.join(' '),
  );

/** A try on a payment of its own, from an address of its own unless one is given. */
function newTry(given: Partial<RefusedTry> = {}): RefusedTry {
  const address = `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`;
  const ids = { shopId: randomUUID(), paymentId: randomUUID() };
  return { ...ids, method: 'BLIK', addressSeen: true, address, reason: 'CODE_INVALID', ...given };
}

/** Lets so many attempts like this one be refused, each on a payment of its own. */
async function refuse(times: number, like: Partial<RefusedTry>): Promise<void> {
  for (let time = 0; time < times; time += 1) await guard.noteRefusal(newTry(like));
}

/** What became of a try: how long it was paused, in milliseconds, or why it was stopped. */
async function outcomeOf(tried: Try): Promise<number | string> {
  pauses = [];
  try {
    await guard.admit(tried);
    return pauses.reduce((sum, ms) => sum + ms, 0);
  } catch (error) {
    if (!(error instanceof TooManyAttempts)) throw error;
    return error.message;
  }
}

describe('One address', () => {
  const address = '192.0.2.7';
  const stopped = (words: string) => `Too many attempts from this payer's address were refused; try again in ${words}.`;

  it('is slowed from the 20th refusal on, ever more, and stopped for an hour from the 60th', async () => {
    const outcomes: (number | string)[] = [];
    for (let refusals = 0; refusals <= 60; refusals += 1) {
      outcomes.push(await outcomeOf(newTry({ address })));
      await refuse(1, { address });
    }
    const [free, eights] = [Array<number>(20).fill(0), Array<number>(37).fill(8_000)];
    expect(outcomes).toEqual([...free, 1_000, 2_000, 4_000, ...eights, stopped('60 minutes')]);
    expect(await counted()).toEqual(['attempts_address slowed 40', 'attempts_address refused 1']);
    minutes(59);
    expect(await outcomeOf(newTry({ address }))).toBe(stopped('60 seconds'));
    minutes(1);
    expect(await outcomeOf(newTry({ address }))).toBe(0);
  });

  it('is forgiven ten minutes after the first refusal', async () => {
    await refuse(59, { address });
    minutes(9);
    expect(await outcomeOf(newTry({ address }))).toBe(8_000);
    minutes(1);
    expect(await outcomeOf(newTry({ address }))).toBe(0);
  });

  it('has the refusals of all processes, payments, shops and methods', async () => {
    const other = newGuard();
    for (let time = 0; time < 30; time += 1) await other.noteRefusal(newTry({ address, method: 'CARD' }));
    await refuse(30, { address });
    expect(await outcomeOf(newTry({ address }))).toBe(stopped('60 minutes'));
    expect(await outcomeOf(newTry())).toBe(0);
  });

  it('is the whole /64 of an IPv6 address', async () => {
    await refuse(60, { address: '2001:db8::1' });
    expect(await outcomeOf(newTry({ address: '2001:db8::ffff:2' }))).toBe(stopped('60 minutes'));
    expect(await outcomeOf(newTry({ address: '2001:db8:0:1::1' }))).toBe(0);
  });

  it('that a shop names counts at this shop alone, since it could name anybody', async () => {
    const { shopId } = newTry();
    await refuse(60, { address, shopId, addressSeen: false });
    expect(await outcomeOf(newTry({ address, shopId, addressSeen: false }))).toBe(stopped('60 minutes'));
    expect(await outcomeOf(newTry({ address, addressSeen: false }))).toBe(0);
    expect(await outcomeOf(newTry({ address, shopId }))).toBe(0);
  });

  it.each([undefined, 'unknown', 'x'.repeat(1_000)])('that is %j counts nowhere', async (unknown) => {
    await refuse(60, { address: unknown });
    expect(await outcomeOf(newTry({ address: unknown }))).toBe(0);
    expect(said).toEqual([]);
  });

  it('is not blamed for a break at the bank', async () => {
    await refuse(60, { address, reason: 'TECHNICAL' });
    expect(await outcomeOf(newTry({ address }))).toBe(0);
  });

  it('is stopped although it was let wait, when others from there were refused meanwhile', async () => {
    await refuse(59, { address });
    meanwhile = () => refuse(1, { address });
    expect(await outcomeOf(newTry({ address }))).toBe(stopped('60 minutes'));
    expect(pauses).toEqual([8_000]);
    expect(await counted()).toEqual(['attempts_address slowed 1', 'attempts_address refused 1']);
  });
});

describe.each(['CARD', 'WALLET'] as const)('One shop, tried with %s', (method) => {
  const stopped = (words: string) => `Too many card payments of this shop were refused; try again in ${words}.`;

  it('is slowed from 60 refusals on, and stopped for ten minutes from 200, whatever the addresses', async () => {
    const { shopId } = newTry();
    const trial = () => outcomeOf(newTry({ shopId, method, address: undefined }));
    await refuse(59, { shopId, method });
    expect(await trial()).toBe(0);
    await refuse(1, { shopId, method, address: undefined });
    expect(await trial()).toBe(2_000);
    await refuse(139, { shopId, method });
    expect(await trial()).toBe(2_000);
    minutes(5);
    await refuse(1, { shopId, method });
    expect(await trial()).toBe(stopped('10 minutes'));
    expect(await outcomeOf(newTry({ method }))).toBe(0);
    expect(await counted()).toEqual(['attempts_shop slowed 2', 'attempts_shop refused 1']);
    minutes(9);
    expect(await trial()).toBe(stopped('60 seconds'));
    minutes(1);
    expect(await trial()).toBe(0);
  });

  it('takes BLIK all the while, whose refusals count for no shop', async () => {
    const { shopId } = newTry();
    await refuse(200, { shopId, method });
    expect(await outcomeOf(newTry({ shopId }))).toBe(0);
    const other = newTry();
    await refuse(200, { shopId: other.shopId });
    expect(await outcomeOf(newTry({ shopId: other.shopId, method }))).toBe(0);
  });

  it('is slowed by the longer of two pauses, not by both', async () => {
    const { shopId } = newTry();
    const address = '192.0.2.9';
    await refuse(60, { shopId, method });
    await refuse(20, { address });
    expect(await outcomeOf(newTry({ shopId, method, address }))).toBe(2_000);
    await refuse(2, { address });
    expect(await outcomeOf(newTry({ shopId, method, address }))).toBe(4_000);
  });
});

describe('A database that cannot be asked', () => {
  let gone: Database;

  beforeAll(() => {
    gone = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
  });
  afterAll(() => gone.close());

  it('lets nobody through', async () => {
    await expect(newGuard(gone).admit(newTry())).rejects.toThrow(DatabaseUnavailable);
  });

  it('hides from nobody what became of an attempt, and is told to the log', async () => {
    const refused = newTry();
    await newGuard(gone).noteRefusal(refused);
    expect(said).toMatchObject([{ msg: 'a refused attempt could not be counted', paymentId: refused.paymentId }]);
  });
});
