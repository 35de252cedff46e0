import { createSandboxBanks } from '../../src/acquirers/sandbox-banks/acquirer.ts';
import { createSandboxBlik } from '../../src/acquirers/sandbox-blik/acquirer.ts';
import { createSandboxCards } from '../../src/acquirers/sandbox-cards/acquirer.ts';
import { createSandboxLenders } from '../../src/acquirers/sandbox-lenders/acquirer.ts';
import { createSandboxLessors } from '../../src/acquirers/sandbox-lessors/acquirer.ts';
import { createSandboxTransfers } from '../../src/acquirers/sandbox-transfers/acquirer.ts';
import { createSandboxVisaMobile } from '../../src/acquirers/sandbox-visa-mobile/acquirer.ts';
import type { CardOutcome } from '../../src/cards/test-cards.ts';
import { type Payer, putUnderTest, type SandboxPlay } from './sandbox-under-test.ts';
import type { AcquirerFixture } from './under-test.ts';

/** A payer who decides while the contract waits for an outcome. */
const approves: Payer = { decision: 'approve', afterMs: 1_000 };
const refuses: Payer = { decision: 'refuse', afterMs: 1_000 };
/** One who decides only after the contract has waited for an outcome that is not late. */
const approvesLate: Payer = { decision: 'approve', afterMs: 180_000 };

const blikCodes = {
  settled: '123456',
  rejected: '960111',
  silent: '700000',
  'told-twice': '700002',
  'paid-late': '700003',
} as const;

const blik: SandboxPlay = {
  create: createSandboxBlik,
  order: (outcome) => ({ channel: 'blik', blikCode: blikCodes[outcome] }),
};

/** Orders that their payers decide on a page: at a bank, a lender, a wallet. */
const pageOrders = {
  settled: { payer: approves },
  rejected: { payer: refuses },
  silent: { title: 'TEST-100012' },
  'told-twice': { title: 'TEST-100013', payer: approves },
  'paid-late': { payer: approvesLate },
} as const;

const banks: SandboxPlay = {
  create: createSandboxBanks,
  order: (outcome) => ({ channel: 'mtransfer', ...pageOrders[outcome] }),
};

const lenders: SandboxPlay = {
  create: createSandboxLenders,
  order: (outcome) => ({ channel: 'paypo', ...pageOrders[outcome] }),
};

const lessors: SandboxPlay = {
  create: createSandboxLessors,
  order: (outcome) => ({ channel: 'lease', ...pageOrders[outcome] }),
};

const transfers: SandboxPlay = {
  create: createSandboxTransfers,
  order: (outcome) => ({ channel: 'wt', ...pageOrders[outcome] }),
};

const visaMobile: SandboxPlay = {
  create: createSandboxVisaMobile,
  order: (outcome, { captures, voids }) => ({
    channel: 'visa_mobile',
    ...pageOrders[outcome],
    // What its payer has not confirmed is called back, so his money is late only when the wallet says so.
    ...(outcome === 'paid-late' ? { title: 'TEST-100018', payer: undefined } : {}),
    ...(captures === 'rejected' ? { title: 'TEST-100015' } : {}),
    ...(captures === 'silent' ? { title: 'TEST-100016' } : {}),
    ...(voids === 'silent' ? { title: 'TEST-100017' } : {}),
  }),
};

const cardOrders = {
  settled: cardOf('FRICTIONLESS_AUTHORIZED'),
  rejected: { ...cardOf('CHALLENGE_REFUSED'), payer: approves },
  silent: cardOf('UNKNOWN_THEN_AUTHORIZED'),
  'told-twice': cardOf('TOLD_TWICE'),
  'paid-late': cardOf('PAID_LATE'),
} as const;

const cards: SandboxPlay = {
  // The token says what happens, as if the vault had been asked.
  create: (deps) => createSandboxCards(deps, async (token) => token),
  order: (outcome, { captures, voids }) => ({
    channel: 'ecom3ds',
    ...cardOrders[outcome],
    ...(captures === 'rejected' ? cardOf('CAPTURE_REFUSED') : {}),
    ...(captures === 'silent' ? cardOf('CAPTURE_UNKNOWN_THEN_SETTLED') : {}),
    ...(voids === 'silent' ? cardOf('VOID_UNKNOWN_THEN_SETTLED') : {}),
  }),
};

function cardOf(outcome: CardOutcome): { readonly cardToken: CardOutcome } {
  return { cardToken: outcome };
}

function fixtureOf(play: SandboxPlay, capabilities: AcquirerFixture['capabilities']): AcquirerFixture {
  return { capabilities, make: (database) => putUnderTest(database, play) };
}

/** What the folders of simulated acquirers give for the contract test, by folder. */
export const sandboxFixtures = {
  'sandbox-blik': fixtureOf(blik, { authorizes: false, stopsOrders: true }),
  'sandbox-banks': fixtureOf(banks, { authorizes: false, stopsOrders: false }),
  'sandbox-lenders': fixtureOf(lenders, { authorizes: false, stopsOrders: false }),
  'sandbox-lessors': fixtureOf(lessors, { authorizes: false, stopsOrders: false }),
  'sandbox-transfers': fixtureOf(transfers, { authorizes: false, stopsOrders: false }),
  'sandbox-visa-mobile': fixtureOf(visaMobile, { authorizes: true, stopsOrders: true }),
  'sandbox-cards': fixtureOf(cards, { authorizes: true, stopsOrders: true }),
} as const;
