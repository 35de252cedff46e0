/** A call to a shop that is under way. */
export type Place = {
  /** Says that the call has ended. */
  leave(): void;
};

/** How long a call that finds no place waits before it asks again, in milliseconds. */
export type Postponed = { readonly waitMs: number };

/** The calls to shops that a process has under way at a time. */
export type Places = {
  /** Gives a call to this shop a place; resolves within a quarter of a second. */
  take(shopId: string): Promise<Place | Postponed>;
};

/** Whoever waits for a place keeps others from theirs, so it is waited for only where calls end sooner than this. */
const quickMs = 250;
/** A shop that takes longer than this to answer is slow until it answers sooner, or was not called for a while. */
const slowAfterMs = 5_000;
const forgottenAfterMs = 60_000;
/**
 * Calls that are postponed come again after a moment, one after the other, within this time: the longer it is, the less do many
 * of a shop that stays away cost.
 */
const postponedMsMin = 1_000;
const spreadMs = 600_000;

type Shop = {
  /** When its calls under way began, the first one first. */
  readonly begun: number[];
  /** How long the call took that ended last. */
  lastMs: number;
  slowUntil: number;
  /** When the last of those comes again that were postponed. */
  lastAgainAt: number;
  /** Who waits for a call to end. */
  readonly waiting: (() => void)[];
};

/**
 * Shares the places among the shops, so that those that do not answer, and hold theirs until the time-out, hold up nobody else.
 * Slow shops have at most half of them together, and each a tenth; any other shop has at most four fifths. A call that finds
 * none waits for a moment when those of its shop end quickly, and is postponed otherwise.
 * @param total how many places there are.
 */
export function sharePlaces(total: number): Places {
  const shops = new Map<string, Shop>();
  const ofSlow = Math.max(1, Math.floor(total / 2));
  const ofOneSlow = Math.max(1, Math.floor(total / 10));
  const ofOne = Math.max(1, Math.floor((total * 4) / 5));

  function begin(shopId: string, shop: Shop): Place {
    const now = performance.now();
    shop.begun.push(now);
    return {
      leave: () => {
        shop.begun.splice(shop.begun.indexOf(now), 1);
        const ended = performance.now();
        shop.lastMs = ended - now;
        shop.slowUntil = shop.lastMs > slowAfterMs ? ended + forgottenAfterMs : 0;
        for (const look of shop.waiting.splice(0)) look();
        if (shop.slowUntil > 0) forget(shops, ended);
        else if (shop.begun.length === 0) shops.delete(shopId);
      },
    };
  }

  return {
    take: async (shopId) => {
      for (;;) {
        const now = performance.now();
        const shop = shops.get(shopId) ?? { begun: [], lastMs: 0, slowUntil: 0, lastAgainAt: 0, waiting: [] };
        shops.set(shopId, shop);
        const slow = isSlow(shop, now);
        const max = slow ? ofOneSlow : ofOne;
        const isFree = shop.begun.length < max && !(slow && underWayWithSlow(shops, now) >= ofSlow);
        if (isFree) return begin(shopId, shop);
        if (slow || ageOf(shop, now) >= quickMs) return postpone(shop, max, now);
        await untilLookedAt(shop, now);
      }
    },
  };
}

/** How long the first of the calls under way has taken by now. */
function ageOf({ begun: [first] }: Shop, now: number): number {
  return first === undefined ? 0 : now - first;
}

function isSlow(shop: Shop, now: number): boolean {
  return shop.slowUntil > now || ageOf(shop, now) > slowAfterMs;
}

function underWayWithSlow(shops: ReadonlyMap<string, Shop>, now: number): number {
  return shops.values().reduce((sum, shop) => sum + (isSlow(shop, now) ? shop.begun.length : 0), 0);
}

/** Those that are postponed come as far apart as places of the shop get free. */
function postpone(shop: Shop, max: number, now: number): Postponed {
  const apart = Math.max(quickMs, shop.lastMs, ageOf(shop, now)) / max;
  const againAt = Math.max(shop.lastAgainAt, now) + apart;
  shop.lastAgainAt = againAt - now > spreadMs ? now : againAt;
  return { waitMs: Math.round(postponedMsMin + shop.lastAgainAt - now) };
}

/** Resolves when a call to the shop has ended, or is known not to end quickly. */
function untilLookedAt(shop: Shop, now: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, quickMs - ageOf(shop, now) + 1);
    shop.waiting.push(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Drops the shops that nobody has called for a while. */
function forget(shops: Map<string, Shop>, now: number): void {
  for (const [shopId, shop] of shops) if (shop.begun.length === 0 && !isSlow(shop, now)) shops.delete(shopId);
}
