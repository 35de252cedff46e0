import { addressGroup } from '../kernel/address-group.ts';
import type { Database } from '../kernel/db/database.ts';
import type { DeclineReason, PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import { createSharedCount, type SharedCount, type Tally } from '../kernel/limits.ts';
import type { Log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { TooManyAttempts } from './errors.ts';

/** One try to pay a payment, as far as it matters to the guard. */
export type Try = {
  readonly shopId: string;
  readonly method: PaymentMethod;
  /** The payer's; undefined when nobody told us. Then only the payment and the shop count. */
  readonly address: string | undefined;
  /** True when we saw it ourselves, so that it counts for all shops; what a shop says counts there alone. */
  readonly addressSeen: boolean;
};

/** A try that the acquirer refused, and why. */
export type RefusedTry = Try & { readonly paymentId: string; readonly reason: DeclineReason | null };

/**
 * Keeps others' codes and cards from being tried out: who has too many attempts refused is slowed down, then stopped.
 * Counts are shared by all processes.
 */
export type AttemptGuard = {
  /**
   * Lets a try through, at once or after a pause of up to 8 seconds; to be asked before an attempt is started.
   * @throws TooManyAttempts; the database's error when it cannot be asked (docs/decisions/0012).
   */
  admit(tried: Try): Promise<void>;
  /** Counts an attempt that was refused. It never fails: that would hide what became of the attempt. */
  noteRefusal(refused: RefusedTry): Promise<void>;
};

const minuteMs = 60_000;

/**
 * Refused attempts from one address: an office behind one router has a few bad codes in ten minutes, somebody who tries
 * out a list has hundreds. Slow enough, the list is not worth it; the stop outlasts the patience of a script.
 */
const perAddress = { slowedFrom: 20, stoppedFrom: 60, windowMs: 10 * minuteMs, stopMs: 60 * minuteMs } as const;
/** The pauses after the 20th, 21st, 22nd and 23rd refusal; more do not pause longer, since browsers and shops give up. */
const addressPausesMs = [1_000, 2_000, 4_000, 8_000] as const;

/**
 * Refused cards and wallets of one shop, wherever they come from: lists of cards are tried out from many addresses. An
 * honest shop with every tenth card refused reaches the pause at 600 payments in ten minutes, which hurts nobody; the stop
 * is short, since it hits honest payers as well.
 */
const perShop = { slowedFrom: 60, stoppedFrom: 200, windowMs: 10 * minuteMs, stopMs: 10 * minuteMs } as const;
const shopPauseMs = 2_000;

/** Only these can be tried out by a list. A BLIK code is known for two minutes and confirmed by a human being. */
const listed: ReadonlySet<PaymentMethod> = new Set(['CARD', 'WALLET']);

/** A break at the bank says nothing about who pays, and the last three are our own doing. */
const innocent: ReadonlySet<DeclineReason> = new Set([
  'TECHNICAL',
  'SUPERSEDED',
  'PAYMENT_CANCELLED',
  'PAYMENT_EXPIRED',
]);

type Deps = {
  readonly database: Pick<Database, 'pool'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'limited'>;
  /** Lets time pass. */
  readonly pause: (duration: { readonly ms: number }) => Promise<void>;
};

type Counts = { readonly address: SharedCount; readonly shop: SharedCount };

/** Makes the guard of attempts on the counts in the database. */
export function createAttemptGuard(deps: Deps): AttemptGuard {
  const { database, log, metrics, pause } = deps;
  const refusals = ({ stoppedFrom, ...rule }: typeof perAddress | typeof perShop, name: string): SharedCount =>
    createSharedCount(database, { ...rule, name, max: stoppedFrom - 1 });
  const counts: Counts = {
    address: refusals(perAddress, 'attempts_address'),
    shop: refusals(perShop, 'attempts_shop'),
  };
  return {
    admit: async (tried) => {
      try {
        const pauses = await pausesOf(counts, tried);
        if (pauses.size === 0) return;
        for (const limit of pauses.keys()) metrics.limited({ limit: `attempts_${limit}`, effect: 'slowed' });
        await pause({ ms: Math.max(...pauses.values()) });
        // Others that waited before it may have been refused meanwhile: a queue does not get past the stop.
        await pausesOf(counts, tried);
      } catch (error) {
        if (error instanceof TooManyAttempts) metrics.limited({ limit: `attempts_${error.limit}`, effect: 'refused' });
        throw error;
      }
    },
    noteRefusal: async (refused) => {
      try {
        await note(counts, refused);
      } catch (err) {
        log.error({ err, paymentId: refused.paymentId }, 'a refused attempt could not be counted');
      }
    },
  };
}

/** How long each limit that slows the try makes it wait, in milliseconds. @throws TooManyAttempts when one stops it. */
async function pausesOf(counts: Counts, tried: Try): Promise<Map<'address' | 'shop', number>> {
  const pauses = new Map<'address' | 'shop', number>();
  const addressKey = addressKeyOf(tried);
  if (addressKey !== undefined) {
    const tally = await counts.address.read(addressKey);
    requireFew('address', tally);
    const step = tally.count - perAddress.slowedFrom;
    if (step >= 0) pauses.set('address', addressPausesMs[step] ?? addressPausesMs[3]);
  }
  if (listed.has(tried.method)) {
    const tally = await counts.shop.read(tried.shopId);
    requireFew('shop', tally);
    if (tally.count >= perShop.slowedFrom) pauses.set('shop', shopPauseMs);
  }
  return pauses;
}

function requireFew(limit: TooManyAttempts['limit'], { over, msLeft }: Tally): void {
  if (over) throw new TooManyAttempts(limit, { ms: msLeft });
}

async function note(counts: Counts, refused: RefusedTry): Promise<void> {
  if (refused.reason !== null && innocent.has(refused.reason)) return;
  const addressKey = addressKeyOf(refused);
  if (addressKey !== undefined) await counts.address.add(addressKey);
  if (listed.has(refused.method)) await counts.shop.add(refused.shopId);
}

/** A shop could name anybody's address, so what it says must not slow down the payers of others. */
function addressKeyOf({ addressSeen, shopId, address }: Try): string | undefined {
  const group = address === undefined ? undefined : addressGroup(address);
  if (group === undefined) return undefined;
  return addressSeen ? group : `${shopId} ${group}`;
}
