import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WalletDeps } from '../../src/cards/deps.ts';
import { openSandboxVault } from '../../src/cards/open-vault.ts';
import { sandboxApplePay, sandboxGooglePay } from '../../src/cards/sandbox-keys.ts';
import { sealApplePay } from '../../src/cards/seal-apple-pay.ts';
import { sealGooglePay } from '../../src/cards/seal-google-pay.ts';
import { tokeniseWallet } from '../../src/cards/tokenise-wallet.ts';
import { after } from '../../src/kernel/clock.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestClock } from '../support/factories.ts';

let storage: TestDatabase;
let database: Database;
let deps: WalletDeps;
const clock = createTestClock();
const owner = { merchantId: 'merch000000000000001', clockOffsetMs: 0 };
const card = { number: '4012001037141112', expiry: { month: 12, year: 2029 } };
const hour = { ms: 3_600_000 };

beforeAll(async () => {
  storage = await createTestDatabase();
  database = openDatabase({ url: storage.url });
  const vault = openSandboxVault(database);
  deps = { vault, clock, googlePay: sandboxGooglePay, applePay: [sandboxApplePay] };
});

afterAll(async () => {
  await database.close();
  await storage.drop();
});

const googlePay = (changes: Partial<Parameters<typeof sealGooglePay>[0]> = {}) =>
  sealGooglePay({ ...card, merchantId: owner.merchantId, expiresAt: after(clock.now(), hour), ...changes });
const applePay = (changes: Partial<typeof card> = {}) =>
  sealApplePay({ ...card, ...changes, amount: 1234n, currencyCode: '985' });

const googleLike = (signatures: string[]) => {
  const token = JSON.parse(googlePay()) as { intermediateSigningKey: object };
  const intermediateSigningKey = { ...token.intermediateSigningKey, signatures };
  return JSON.stringify({ ...token, intermediateSigningKey });
};

async function countCards(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>('select count(*)::int as count from sandbox_card');
  return rows[0]?.count ?? -1;
}

describe.each([
  ['gpay', googlePay],
  ['applepay', applePay],
] as const)('A token of %s', (channel, seal) => {
  it('becomes a token of ours, with the outcome of its number and the wallet it came out of', async () => {
    const made = await tokeniseWallet(deps, owner, { channel, token: seal() });
    const kept = {
      ...{ brand: 'VISA', last4: '1112', expiryMonth: 12, expiryYear: 2029, outcome: 'CHALLENGE_AUTHORIZED' },
      wallet: channel,
    };
    expect(made).toMatchObject({ card: kept });
    if (!('card' in made)) throw new Error('It was not taken.');
    expect(await deps.vault.find(made.card.token, owner.merchantId)).toEqual(made.card);
  });

  it('leaves nothing behind when it is not taken', async () => {
    const before = await countCards();
    const other = channel === 'gpay' ? 'applepay' : 'gpay';
    for (const [wish, problem] of [
      [{ channel, token: 'x' }, 'TOKEN_INVALID'],
      [{ channel: other, token: seal() }, 'TOKEN_INVALID'],
      [{ channel, token: seal({ number: '4111111111111112' }) }, 'TOKEN_INVALID'],
      [{ channel, token: seal({ number: '378282246310005' }) }, 'BRAND_NOT_TAKEN'],
    ] as const) {
      expect(await tokeniseWallet(deps, owner, wish)).toEqual({ problem });
    }
    expect(await countCards()).toBe(before);
  });
});

describe('A token of Google Pay', () => {
  it('is not even checked when it is longer than any, or signed more often', async () => {
    const long = JSON.stringify({ ...JSON.parse(googlePay()), more: 'x'.repeat(16_384) });
    for (const token of [long, googleLike(Array<string>(11).fill('x'))]) {
      expect(await tokeniseWallet(deps, owner, { channel: 'gpay', token })).toEqual({ problem: 'TOKEN_INVALID' });
    }
  });

  it('expires by the clock of the merchant', async () => {
    const wish = { channel: 'gpay', token: googlePay() } as const;
    expect(await tokeniseWallet(deps, { ...owner, clockOffsetMs: hour.ms }, wish)).toEqual({
      problem: 'TOKEN_EXPIRED',
    });
    expect(await tokeniseWallet(deps, { ...owner, clockOffsetMs: hour.ms - 1 }, wish)).toHaveProperty('card');
  });

  it('is good for the merchant whom the payer saw, and for nobody else', async () => {
    const wish = { channel: 'gpay', token: googlePay() } as const;
    expect(await tokeniseWallet(deps, { ...owner, merchantId: 'merch000000000000002' }, wish)).toEqual({
      problem: 'TOKEN_INVALID',
    });
  });
});
