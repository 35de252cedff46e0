import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CardForm } from '../../src/cards/check-card.ts';
import type { CardVault } from '../../src/cards/deps.ts';
import { openSandboxVault } from '../../src/cards/open-vault.ts';
import { cardOutcomes, testCards } from '../../src/cards/test-cards.ts';
import { tokeniseCard } from '../../src/cards/tokenise-card.ts';
import { type Database, inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestClock } from '../support/factories.ts';

let storage: TestDatabase;
let database: Database;
let vault: CardVault;
const clock = createTestClock(new Date('2026-03-02T10:00:00.000Z'));
const owner = { merchantId: 'merch000000000000001', clockOffsetMs: 0 };
const good: CardForm = { number: '4111 1111 1111 1111', expiry: '12/29', cvv: '731', name: 'Łucja Nowak-Żak' };

beforeAll(async () => {
  storage = await createTestDatabase();
  database = openDatabase({ url: storage.url });
  vault = openSandboxVault(database);
});

afterAll(async () => {
  await database.close();
  await storage.drop();
});

const tokenise = (changes: Partial<CardForm> = {}, who = owner) =>
  tokeniseCard({ vault, clock }, who, { ...good, ...changes });

async function tokenOf(changes: Partial<CardForm> = {}): Promise<string> {
  const made = await tokenise(changes);
  if ('problems' in made) throw new Error(`The card was not taken: ${JSON.stringify(made.problems)}`);
  return made.card.token;
}

async function rows(): Promise<string[]> {
  const { rows: found } = await database.pool.query<{ row: string }>('select t::text as row from sandbox_card t');
  return found.map(({ row }) => row);
}

describe('A card', () => {
  it('becomes a token with what a receipt may say, and its outcome', async () => {
    const made = await tokenise();
    expect(made).toEqual({
      card: {
        token: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        ...{
          brand: 'VISA',
          last4: '1111',
          expiryMonth: 12,
          expiryYear: 2029,
          outcome: 'AUTHORIZED',
          wallet: undefined,
        },
      },
    });
    expect(await vault.find(await tokenOf(), owner.merchantId)).toMatchObject({ last4: '1111', outcome: 'AUTHORIZED' });
  });

  it('is kept without its number, its security code and its holder', async () => {
    const token = await tokenOf();
    const kept = (await rows()).filter((row) => row.includes(token));
    expect(kept).toEqual([`(${token},merch000000000000001,VISA,1111,12,2029,AUTHORIZED,,"2026-03-02 10:00:00+00")`]);
    // Of all cards that are kept. A token is random, and may hold any three digits.
    const beside = (await rows()).map((row) => row.slice(row.indexOf(',')));
    expect(beside.join()).not.toMatch(/411111|731|Nowak/);
  });

  it('gets another token each time, so that a token says nothing of the number', async () => {
    expect(await tokenOf()).not.toBe(await tokenOf());
  });

  it('is found by the merchant who brought it, and by nobody else', async () => {
    const token = await tokenOf();
    expect(await vault.find(token, owner.merchantId)).toMatchObject({ token });
    expect(await vault.find(token, 'merch000000000000002')).toBeUndefined();
    expect(await vault.find('018f4e2a-0000-7000-8000-000000000001', owner.merchantId)).toBeUndefined();
    expect(await vault.find('no token', owner.merchantId)).toBeUndefined();
  });

  it('has the outcome of its number, all of which can be kept', async () => {
    for (const [number, outcome] of Object.entries(testCards)) {
      expect(await vault.find(await tokenOf({ number }), owner.merchantId)).toMatchObject({ outcome });
    }
    expect(cardOutcomes.length).toBeGreaterThan(20);
    const real = await tokenOf({ number: '4242 4242 4242 4242' });
    expect(await vault.find(real, owner.merchantId)).toMatchObject({ last4: '4242', outcome: 'CARD_INVALID' });
  });

  it('is judged by the clock of its merchant', async () => {
    const threeYears = 3 * 366 * 86_400_000;
    expect(await tokenise({ expiry: '03/26' })).toHaveProperty('card');
    expect(await tokenise({ expiry: '03/26' }, { ...owner, clockOffsetMs: threeYears })).toEqual({
      problems: [{ field: 'expiry', code: 'EXPIRY_PAST' }],
    });
  });

  it('with problems is not kept, and its problems show no value', async () => {
    const before = (await rows()).length;
    const refused = await tokenise({ number: '4111111111111112', cvv: '12345' });
    expect(refused).toEqual({
      problems: [
        { field: 'number', code: 'NUMBER_INVALID' },
        { field: 'cvv', code: 'CVV_INVALID' },
      ],
    });
    expect((await rows()).length).toBe(before);
  });
});

describe('The table of the vault', () => {
  const insert = (changes: Partial<Record<string, string | number>>) =>
    inTransaction(database, (tx) =>
      tx.query({
        name: `test-insert-card-${Object.keys(changes).join()}`,
        text: `insert into sandbox_card (token, merchant_id, brand, last4, expiry_month, expiry_year, outcome, created_at)
          values (gen_random_uuid(), 'm', $1::text, $2::text, $3::int, $4::int, $5::text, $6::timestamptz)`,
        values: [
          ...[changes.brand ?? 'VISA', changes.last4 ?? '1111', changes.month ?? 12, changes.year ?? 2029],
          ...[changes.outcome ?? 'AUTHORIZED', clock.now()],
        ],
      }),
    );

  it('has no room for a card number, even if a mistake wanted to write one', async () => {
    await expect(insert({})).resolves.toEqual([]);
    for (const changes of [
      { last4: '4111111111111111' },
      { last4: '111' },
      { brand: '4111111111111111' },
      { outcome: '4111111111111111' },
      { month: 13 },
      { year: 4111 },
    ]) {
      await expect(insert(changes)).rejects.toThrow(/check constraint "sandbox_card_/);
    }
  });
});
