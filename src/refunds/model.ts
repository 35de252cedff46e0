import { type Portion, restOf, type Standing } from '../baskets/model.ts';
import { monthsAfter } from '../kernel/clock.ts';
import type { PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput } from '../kernel/errors.ts';
import type { Shop } from '../shops/model.ts';
import { BalanceTooLow } from './errors.ts';

/**
 * How long after its settlement a transaction can be refunded, in calendar months: cards three years, BLIK and pay later
 * twelve months (imoje protocol, section 7); methods for which nothing is written follow the twelve months.
 */
export const windowMonths = {
  BLIK: 12,
  PBL: 12,
  CARD: 36,
  WALLET: 36,
  PAY_LATER: 12,
  INSTALLMENTS: 12,
  LEASE: 12,
  WIRE_TRANSFER: 12,
} as const satisfies Record<PaymentMethod, number>;

/** The moment at which a transaction of this method cannot be refunded any more. */
export function windowEnd(method: PaymentMethod, settledAt: Date): Date {
  return monthsAfter(settledAt, windowMonths[method]);
}

/** The job that asks the acquirer what became of a refund; its subject is the refund. */
export const askTimer = 'ask-refund';

const askAfterSeconds = [15, 15, 30, 60, 120, 300, 3_600] as const;

/** How long to wait before the acquirer is asked, in the given round (0 is the first); in the end every 6 hours. */
export function askDelay(round: number): { ms: number } {
  return { ms: (askAfterSeconds[round] ?? 21_600) * 1000 };
}

/** The parts of a refund's money: what each recipient bears, and what is left for the shop, if anything. */
export function borne<Money extends { readonly amount: bigint }>(
  money: Money,
  portions: readonly Portion[],
): readonly (Money & { readonly recipientId?: string })[] {
  const rest = restOf(money.amount, portions);
  return [...portions.map((portion) => ({ ...money, ...portion })), ...(rest > 0n ? [{ ...money, amount: rest }] : [])];
}

/**
 * Says what refunds give back of transfers, each as much as is there, in the order of both. Pure.
 * @param left what of each transfer is there for a transaction, in minor units; a transfer may be there for several.
 */
export function planTransferShares(
  left: readonly { readonly transactionId: string; readonly entryId: string; readonly amount: bigint }[],
  refunds: readonly { readonly refundId: string; readonly transactionId: string; readonly amount: bigint }[],
): { readonly refundId: string; readonly transactionId: string; readonly entryId: string; readonly amount: bigint }[] {
  const there = left.map((each) => ({ ...each }));
  return refunds.flatMap(({ refundId, transactionId, amount }) => {
    let missing = amount;
    return there
      .filter((each) => each.transactionId === transactionId)
      .flatMap((each) => {
        const covers = each.amount >= missing;
        const taken = covers ? missing : each.amount;
        each.amount -= taken;
        missing -= taken;
        return taken === 0n ? [] : [{ refundId, transactionId, entryId: each.entryId, amount: taken }];
      });
  });
}

/**
 * Demands that a refund can be split as its shop wishes.
 * @throws InvalidInput naming `shares`.
 */
export function requirePortions(
  portions: readonly Portion[],
  refund: { readonly amount: bigint; readonly left: bigint; readonly standings: readonly Standing[] },
): void {
  const refuse = (sentence: string): InvalidInput => new InvalidInput(sentence, ['shares']);
  const ids = new Set(portions.map((portion) => portion.recipientId));
  if (ids.size < portions.length) throw refuse('shares must name each recipient once: add up what one bears.');
  for (const { recipientId, amount } of portions) {
    const left = refund.standings.find((standing) => standing.recipientId === recipientId)?.left;
    if (left === undefined) throw refuse(`shares must name recipients of this transaction; ${recipientId} is none.`);
    if (amount < 1n || amount > left) {
      throw refuse(
        `shares of ${recipientId} must be 1 to ${left} minor units, which is what is left of his, not ${amount}.`,
      );
    }
  }
  const rest = restOf(refund.amount, portions);
  const own = refund.standings.reduce((sum, standing) => sum - standing.left, refund.left);
  if (rest < 0n)
    throw refuse(`shares come to more than the ${refund.amount} minor units of the refund: make them smaller.`);
  if (rest > own)
    throw refuse(`shares leave ${rest} minor units to the shop, of which only ${own} are left: make them larger.`);
}

/** What stands good for a refund, in its currency. */
export type Cover = {
  /** What the shop has. */
  readonly balance: bigint;
  /** How much the shop and recipients may lack together; undefined: nothing, since the shop takes no payments. */
  readonly overdraft: bigint | undefined;
  /** What all recipients of the merchant lack. */
  readonly lacking: bigint;
};

/** How far below zero refunds may take a shop and recipients together; undefined for a shop to which no sale can come. Pure. */
export function overdraftOf(
  shop: { readonly status: Shop['status']; readonly merchantActive: boolean } | undefined,
  plan: { readonly overdraft: bigint } | undefined,
): Cover['overdraft'] {
  return shop?.status === 'ACTIVE' && shop.merchantActive ? (plan?.overdraft ?? 0n) : undefined;
}

/** How much more somebody lacks once an amount is taken from his balance. */
export function lacksMore(balance: bigint, amount: bigint): bigint {
  return lackOf(balance - amount) - lackOf(balance);
}

function lackOf(balance: bigint): bigint {
  return balance < 0n ? -balance : 0n;
}

/**
 * Demands that each who bears a part of a refund has it, or that what shop and recipients then lack together is within the
 * overdraft. What the shop has stands good for its own part alone: it will be paid out. Pure.
 * @param parts what each bears, with what he has; the shop's has no recipient.
 * @throws BalanceTooLow naming the shop, if its own part is too much, or the first recipient whose part is.
 */
export function requireCover(
  { balance, overdraft, lacking, currency }: Cover & { readonly currency: string },
  parts: readonly { readonly amount: bigint; readonly balance: bigint; readonly recipientId?: string }[],
): void {
  const isOfShop = ({ recipientId }: { readonly recipientId?: string }): boolean => recipientId === undefined;
  const shopFirst = [...parts.filter(isOfShop), ...parts.filter((part) => !isOfShop(part))];
  let lack = lackOf(balance) + lacking;
  for (const part of shopFirst) {
    const more = lacksMore(part.balance, part.amount);
    lack += more;
    if (more > 0n && lack > (overdraft ?? 0n)) {
      throw new BalanceTooLow({ ...part, overdraft, currency, isShared: lacking > 0n });
    }
  }
}
