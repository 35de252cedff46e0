/** A call to a shop that is under way. */
export type Place = {
  /** Says that the call has ended. */
  leave(): void;
};

/** How long a call that finds no place waits before it asks again, in milliseconds. */
export type Postponed = { readonly waitMs: number };

/** The calls to shops that a process has under way at a time. */
export type Places = {
  /** Gives a call to this shop a place; resolves within little more than five seconds. */
  take(shopId: string): Promise<Place | Postponed>;
};

/** A shop that takes longer than this to answer is slow until it answers sooner, or was not called for a while. */
const slowAfterMs = 5_000;
const forgottenAfterMs = 60_000;
/** Calls that are postponed come again after a moment, spread over this time, so far apart from each other. */
const postponedMsMin = 1_000;
const spreadMs = 60_000;
const apartMs = 3_000;

type Shop = {
  /** When its calls under way began, the first one first. */
  readonly begun: number[];
  slowUntil: number;
  /** Where in the spread the next one that is postponed comes. */
  spread: number;
  /** Who waits for a call to end. */
  waiting: (() => void)[];
};

/**
 * Shares the places among the shops, so that those that do not answer, and hold theirs until the time-out, hold up nobody else.
 * Slow shops have at most half of them together, and each a tenth; what finds none is postponed. Any other shop has at most
 * four fifths, for which its calls wait, so that a burst of one that has just died leaves room too.
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
        shop.slowUntil = ended - now > slowAfterMs ? ended + forgottenAfterMs : 0;
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
        const shop = shops.get(shopId) ?? { begun: [], slowUntil: 0, spread: 0, waiting: [] };
        shops.set(shopId, shop);
        if (isSlow(shop, now)) {
          if (shop.begun.length < ofOneSlow && underWayWithSlow(shops, now) < ofSlow) return begin(shopId, shop);
          shop.spread = (shop.spread + apartMs) % spreadMs;
          return { waitMs: postponedMsMin + shop.spread };
        }
        if (shop.begun.length < ofOne) return begin(shopId, shop);
        await untilLookedAt(shop, now);
      }
    },
  };
}

function isSlow({ begun: [first], slowUntil }: Shop, now: number): boolean {
  return slowUntil > now || (first !== undefined && now - first > slowAfterMs);
}

function underWayWithSlow(shops: ReadonlyMap<string, Shop>, now: number): number {
  return shops.values().reduce((sum, shop) => sum + (isSlow(shop, now) ? shop.begun.length : 0), 0);
}

/** Resolves when a call to the shop has ended, or is known to be slow. */
function untilLookedAt(shop: Shop, now: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, (shop.begun[0] ?? now) + slowAfterMs - now + 1);
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
