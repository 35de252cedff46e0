import { randomUUID } from 'node:crypto';
import { drawTrialBalance } from '../../src/ledger/draw-trial-balance.ts';
import { answerAsBank } from '../../src/payouts/answer-as-bank.ts';
import { runPayouts } from '../../src/payouts/run-payouts.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { type Books, openBooks } from './model-books.ts';
import { type Day, plus, plusMonths } from './model-calendar.ts';
import type { Month } from './months.ts';
import { type MonthWorld, momentOf } from './world.ts';

/** A month that is being played: the gateway, the second accountant's books, and who is who in both. */
export type PlayedMonth = {
  readonly world: MonthWorld;
  readonly books: Books;
  /** In the order of the books. */
  readonly merchants: readonly { readonly id: string; readonly key: string; readonly shopIds: readonly string[] }[];
  readonly shopIds: readonly string[];
  readonly saleIds: string[];
  readonly refundIds: string[];
  /** For each merchant the ids of recipients by their accounts. */
  readonly recipientIds: readonly Map<string, string>[];
  /** What was compared so far: so many payouts with their parts, and commissions as they were told. */
  readonly seen: { payouts: number; readonly commissions: Map<number, string> };
  /** What the shared accounts had before, from months that were played earlier. */
  readonly before: ReadonlyMap<string, bigint>;
};

/** When nothing of a month is left to happen. */
const longAfter = new Date('2100-01-01T00:00:00Z');
/** Before it all postings were made, whatever clock made them. */
const endOfTime = new Date('2101-01-01T00:00:00Z');

const currencies = ['PLN', 'EUR', 'HUF'] as const;
const listPrices = { blik: '1.59', other: '1.4', promotion: true, overdraft: 100_000n, givesBack: false };

/**
 * Lets the merchants of a month apply, sign and open their shops over the API, as long before as their promotion needs, and
 * goes to the eve of the first day.
 */
export async function openMonth(world: MonthWorld, month: Month): Promise<PlayedMonth> {
  const { firstDay, promotionDays } = month;
  const eve = plus(firstDay, -1);
  const signedOn = plusMonths(plus(firstDay, promotionDays), -3);
  const books = openBooks(world.rates, eve);
  const before = await readLedger(world.database);
  world.clock.set(momentOf(signedOn, '09:00:00'));
  const applicants: Applicant[] = [];
  for (const { iban } of month.merchants) applicants.push(await apply(world, iban));
  world.clock.set(momentOf(plus(firstDay, -14), '08:00:00'));
  await world.runJobs();
  const merchants = [];
  for (const [place, { shops, iban }] of month.merchants.entries()) {
    merchants.push(await claim(world, applicants[place] as Applicant, shops));
    enter(books, { place, signedOn, iban, shops, openedAt: `${eve}T06:00:00.000` });
  }
  world.clock.set(momentOf(eve, '06:00:00'));
  await world.runJobs();
  // Whoever never had a run begins with the last that was due.
  await runPayouts(world.payouts);
  const shopIds = merchants.flatMap((merchant) => merchant.shopIds);
  const seen = { payouts: 0, commissions: new Map<number, string>() };
  const recipientIds = merchants.map(() => new Map<string, string>());
  return { world, books, merchants, shopIds, before, seen, recipientIds, saleIds: [], refundIds: [] };
}

type Applicant = { readonly merchantId: string; readonly secret: string };

async function apply({ ask }: MonthWorld, iban: string): Promise<Applicant> {
  const input = {
    ...{ idempotencyKey: randomUUID(), legalForm: 'SOLE_TRADER', name: 'Anna Nowak', nip: '526-025-02-74' },
    ...{ regon: '123456785', email: 'anna@shop.example', street: 'Prosta 1', postalCode: '00-950', city: 'Warszawa' },
    payoutAccounts: currencies.map((currency) => ({ currency, iban })),
    shop: { name: 'Kubki', url: 'https://kubki.example' },
  };
  const applied = await ask<{ applyForContract: { secret: string; application: { merchantId: string } } }>(
    null,
    `mutation($input: ApplyForContractInput!) { applyForContract(input: $input) {
      ... on ApplyForContractSuccess { secret application { merchantId } } } }`,
    { input },
  );
  const { secret, application } = applied.applyForContract;
  const applicant = { merchantId: application.merchantId, secret };
  await ask(null, 'mutation($input: ApplicantInput!) { signContract(input: $input) { __typename } }', {
    input: applicant,
  });
  return applicant;
}

/** Takes the first key, and submits more shops until there are so many. */
async function claim(
  { ask }: MonthWorld,
  applicant: Applicant,
  shops: number,
): Promise<PlayedMonth['merchants'][number]> {
  const { claimAccess } = await ask<{ claimAccess: { apiKey: string; shopId: string } }>(
    null,
    'mutation($input: ApplicantInput!) { claimAccess(input: $input) { ... on ClaimAccessSuccess { apiKey shopId } } }',
    { input: applicant },
  );
  const { apiKey: key, shopId } = claimAccess;
  const shopIds = [shopId];
  while (shopIds.length < shops) {
    const input = { idempotencyKey: randomUUID(), name: 'Talerze', url: 'https://talerze.example' };
    const { submitShop } = await ask<{ submitShop: { shop: { id: string } } }>(
      key,
      'mutation($input: SubmitShopInput!) { submitShop(input: $input) { ... on SubmitShopSuccess { shop { id } } } }',
      { input },
    );
    shopIds.push(submitShop.shop.id);
  }
  return { id: applicant.merchantId, key, shopIds };
}

/** Enters a merchant and his shops in the books. */
function enter(
  books: Books,
  opened: { place: number; signedOn: Day; iban: string; shops: number; openedAt: string },
): void {
  const { place, signedOn, iban, openedAt: from } = opened;
  const payoutAccounts = currencies.map((currency) => ({ currency, iban, from }));
  const merchant = { place, signedOn, turnover: 0n, payoutAccounts };
  books.merchants.push(merchant);
  for (let count = 0; count < opened.shops; count += 1) {
    books.shops.push({ name: `shop ${books.shops.length}`, merchant, plans: [{ from, terms: listPrices }] });
  }
}

/** Ends a month: what is on its way arrives, and then nothing of it happens any more, wherever the next one begins. */
export async function closeMonth({ world, merchants }: PlayedMonth): Promise<void> {
  const { clock, payouts, database } = world;
  const ids = merchants.map(({ id }) => id);
  await database.pool.query('update merchant set next_payout_at = $2 where id = any($1)', [ids, endOfTime]);
  await database.pool.query('delete from timer');
  clock.set(longAfter);
  await sendPayouts(payouts);
  clock.set(momentOf('2100-02-01', '12:00:00'));
  await answerAsBank(payouts);
}

/** All that was ever posted, by kind, owner where it is no shop's or recipient's, and currency. */
export async function readLedger(database: MonthWorld['database']): Promise<Map<string, bigint>> {
  const balances = await drawTrialBalance(database, endOfTime);
  return new Map(
    balances.flatMap(({ currency, lines }) =>
      lines.map(({ kind, owner, balance }) => [[kind, owner, currency].filter(Boolean).join(' '), balance] as const),
    ),
  );
}
