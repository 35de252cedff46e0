import type { AccountKind, PostingKind } from '../kernel/db/generated/prisma/enums.ts';
import type { NewPosting } from './model.ts';

/** An account as the chart knows it. */
type ChartedAccount = {
  readonly owner: 'shop' | 'recipient' | 'acquirer' | 'gateway';
  /** Has a balance row, updated with each posting under the lock of its shops. Others would be a queue for everybody. */
  readonly balanced: boolean;
  /** What a positive balance means, and a negative one where it differs. */
  readonly meaning: string;
};

/** The chart of accounts: every kind there is, whose it is and what it says. What we owe is positive. */
export const accounts: Readonly<Record<AccountKind, ChartedAccount>> = {
  SHOP: { owner: 'shop', balanced: true, meaning: 'What we owe a shop; negative: what it owes us.' },
  RECIPIENT: {
    owner: 'recipient',
    balanced: true,
    meaning: 'What we owe a recipient of baskets; negative: what he owes us.',
  },
  ACQUIRER: { owner: 'acquirer', balanced: false, meaning: 'Negative: what an acquirer owes us.' },
  REFUNDS: { owner: 'acquirer', balanced: false, meaning: 'Refunds ordered with an acquirer and not settled yet.' },
  COMMISSION: { owner: 'gateway', balanced: false, meaning: 'Commission that we have earned.' },
  PAYOUTS: { owner: 'gateway', balanced: false, meaning: 'Payouts made and not confirmed by the bank yet.' },
  BANK: { owner: 'gateway', balanced: false, meaning: 'Negative: what lies on our settlement account.' },
  SUSPENSE: { owner: 'gateway', balanced: false, meaning: 'Money received that fits nothing yet.' },
  DISPUTES: { owner: 'acquirer', balanced: false, meaning: 'Negative: what payers took back and is being argued.' },
  BANK_FEES: { owner: 'gateway', balanced: false, meaning: 'Negative: what banks have kept of our money.' },
};

/** What a posting of one kind is about, and which accounts it may join. */
type PostingRule = {
  /** The field that names what it is about; the others are empty. */
  readonly about: 'captureId' | 'refundId' | 'payoutId' | 'heldForId' | 'entryId' | undefined;
  readonly routes: readonly (readonly [from: AccountKind, to: AccountKind])[];
};

/** Every way that money may go: a posting of another pair of accounts is refused here and by the database. */
export const postingRules: Readonly<Record<PostingKind, PostingRule>> = {
  SALE: { about: 'captureId', routes: fromEach(['ACQUIRER'], ['SHOP', 'RECIPIENT']) },
  REFUND_ORDERED: { about: 'refundId', routes: fromEach(['SHOP', 'RECIPIENT'], ['REFUNDS']) },
  REFUND_SETTLED: { about: 'refundId', routes: [['REFUNDS', 'ACQUIRER']] },
  REFUND_REJECTED: { about: 'refundId', routes: fromEach(['REFUNDS'], ['SHOP', 'RECIPIENT']) },
  // Backwards when a payout gives back more commission than it charges.
  COMMISSION: {
    about: 'payoutId',
    routes: [...fromEach(['SHOP', 'RECIPIENT'], ['COMMISSION']), ...fromEach(['COMMISSION'], ['SHOP', 'RECIPIENT'])],
  },
  PAYOUT: { about: 'payoutId', routes: fromEach(['SHOP', 'RECIPIENT'], ['PAYOUTS']) },
  PAYOUT_CONFIRMED: { about: 'payoutId', routes: [['PAYOUTS', 'BANK']] },
  // From the bank's account when it had booked the transfer and sends it back later.
  PAYOUT_RETURNED: { about: 'payoutId', routes: fromEach(['PAYOUTS', 'BANK'], ['SHOP', 'RECIPIENT']) },
  // One that was cancelled, and that the bank executed all the same: PAYOUT_CONFIRMED follows.
  PAYOUT_REINSTATED: { about: 'payoutId', routes: fromEach(['SHOP', 'RECIPIENT'], ['PAYOUTS']) },
  // That one was sent back later: PAYOUT_RETURNED is posted already, and each kind once of a payout, as an index guards.
  PAYOUT_SENT_BACK: { about: 'payoutId', routes: fromEach(['BANK'], ['SHOP', 'RECIPIENT']) },
  // What a bank kept of a payout that came back: its receiver has all of it again.
  PAYOUT_FEE: { about: 'payoutId', routes: [['BANK_FEES', 'BANK']] },
  ACQUIRER_PAID: { about: undefined, routes: [['BANK', 'ACQUIRER']] },
  DISPUTE_OPENED: { about: undefined, routes: [['DISPUTES', 'ACQUIRER']] },
  DISPUTE_WON: { about: undefined, routes: [['ACQUIRER', 'DISPUTES']] },
  DISPUTE_LOST: { about: undefined, routes: fromEach(['SHOP', 'RECIPIENT'], ['DISPUTES']) },
  MONEY_HELD: { about: 'heldForId', routes: [['ACQUIRER', 'SUSPENSE']] },
  HELD_RETURNED: { about: 'heldForId', routes: [['SUSPENSE', 'ACQUIRER']] },
  // Transfers of payers arrive on the bank's account, and not through an acquirer: it then owes us that much less.
  TRANSFER_RECEIVED: { about: 'entryId', routes: fromEach(['BANK'], ['ACQUIRER', 'SUSPENSE']) },
  TRANSFER_ASSIGNED: { about: 'entryId', routes: [['SUSPENSE', 'ACQUIRER']] },
  TRANSFER_RETURNED: { about: 'entryId', routes: fromEach(['SUSPENSE', 'ACQUIRER'], ['BANK']) },
};

/** A row of the table `posting_rule`: one way that money may go. */
export type Route = {
  readonly kind: PostingKind;
  readonly about: string;
  readonly fromKind: AccountKind;
  readonly toKind: AccountKind;
  /** Both accounts are of one acquirer: none of them pays for another. */
  readonly oneOwner: boolean;
};

/** The chart as rows, for the database and for checks. `about` is the column of `posting`, empty for none. */
export const routes: readonly Route[] = (Object.keys(postingRules) as PostingKind[]).flatMap((kind) => {
  const rule = postingRules[kind];
  const about = (rule.about ?? '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return rule.routes.map(([fromKind, toKind]) => ({
    kind,
    about,
    fromKind,
    toKind,
    oneOwner: areOfAcquirers(fromKind, toKind),
  }));
});

/** Kinds of account that have a balance row. */
export const balancedKinds: readonly AccountKind[] = (Object.keys(accounts) as AccountKind[]).filter(
  (kind) => accounts[kind].balanced,
);

/** Says whether the chart knows this way for money; an account of our own belongs to `gateway` alone. */
export function mayPost({ kind, from, to }: Pick<NewPosting, 'kind' | 'from' | 'to'>): boolean {
  const known = postingRules[kind].routes.some(([fromKind, toKind]) => fromKind === from.kind && toKind === to.kind);
  const oneAcquirer = !areOfAcquirers(from.kind, to.kind) || from.owner === to.owner;
  return known && oneAcquirer && [from, to].every((end) => isOurs(end) === (end.owner === 'gateway'));
}

function isOurs({ kind }: NewPosting['from']): boolean {
  return accounts[kind].owner === 'gateway';
}

function areOfAcquirers(...kinds: readonly AccountKind[]): boolean {
  return kinds.every((kind) => accounts[kind].owner === 'acquirer');
}

function fromEach(froms: readonly AccountKind[], tos: readonly AccountKind[]): [AccountKind, AccountKind][] {
  return froms.flatMap((from) => tos.map((to): [AccountKind, AccountKind] => [from, to]));
}
