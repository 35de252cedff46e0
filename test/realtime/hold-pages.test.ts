import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/kernel/db/generated/prisma/client.ts';
import { type HeldPage, holdPages, type PageHolder } from '../../src/realtime/hold-pages.ts';

const pageOf = (upTo: bigint): HeldPage => ({ events: [].values() as Iterator<Event>, upTo });

describe('Pages that followers take in their own time', () => {
  it('are dropped, those that have lain longest first, when there are too many events in all', () => {
    const pages = holdPages(10);
    const holders = Array.from({ length: 4 }, (): PageHolder => ({ page: undefined }));
    const held = (): (bigint | undefined)[] => holders.map(({ page }) => page?.upTo);
    const [first, second, third, fourth] = holders as [PageHolder, PageHolder, PageHolder, PageHolder];
    pages.put(first, pageOf(1n), 4);
    pages.put(second, pageOf(2n), 4);
    pages.put(third, pageOf(3n), 2);
    expect(held()).toEqual([1n, 2n, 3n, undefined]);
    pages.put(first, pageOf(4n), 4);
    expect(held()).toEqual([4n, 2n, 3n, undefined]);
    pages.put(fourth, pageOf(5n), 5);
    expect(held()).toEqual([4n, undefined, undefined, 5n]);
    pages.drop(first);
    pages.put(second, pageOf(6n), 5);
    expect(held()).toEqual([undefined, 6n, undefined, 5n]);
  });

  it('are held however large, if they are the newest', () => {
    const pages = holdPages(1);
    const [one, other]: PageHolder[] = [{ page: undefined }, { page: undefined }];
    for (const holder of [one, other] as PageHolder[]) pages.put(holder, pageOf(1n), 500);
    expect([one?.page, other?.page]).toEqual([undefined, expect.anything()]);
    pages.drop(other as PageHolder);
    pages.put(one as PageHolder, pageOf(2n), 1);
    expect(one?.page).toEqual(expect.anything());
  });
});
