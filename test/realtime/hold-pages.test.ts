import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/kernel/db/generated/prisma/client.ts';
import { type HeldPage, holdPages, type PageHolder } from '../../src/realtime/hold-pages.ts';

const pageOf = (upTo: bigint): HeldPage => ({ events: [].values() as Iterator<Event>, upTo });
const createHolder = (): PageHolder => ({ page: undefined, live: true });

describe('Pages that followers take in their own time', () => {
  it('are dropped, those that have lain longest first, when there are too many events in all', () => {
    const pages = holdPages({ eventsMax: 10, pageSize: 500 });
    const holders = [createHolder(), createHolder(), createHolder(), createHolder()] as const;
    const held = (): (bigint | undefined)[] => holders.map(({ page }) => page?.upTo);
    const [first, second, third, fourth] = holders;
    pages.put(first, pageOf(1n), 4);
    pages.put(second, pageOf(2n), 4);
    pages.put(third, pageOf(3n), 2);
    expect(held()).toEqual([1n, 2n, 3n, undefined]);
    pages.put(first, pageOf(4n), 4);
    expect(held()).toEqual([4n, 2n, 3n, undefined]);
    pages.put(fourth, pageOf(5n), 5);
    expect(held()).toEqual([4n, undefined, undefined, 5n]);
    // Who has to read again what he had is no slow consumer for that.
    expect(holders.map(({ live }) => live)).toEqual([true, false, false, true]);
    pages.end(first);
    pages.put(second, pageOf(6n), 5);
    expect(held()).toEqual([undefined, 6n, undefined, 5n]);
  });

  it('are held however large, if they are the newest', () => {
    const pages = holdPages({ eventsMax: 1, pageSize: 500 });
    const [one, other] = [createHolder(), createHolder()];
    for (const holder of [one, other]) pages.put(holder, pageOf(1n), 500);
    expect([one.page, other.page]).toEqual([undefined, expect.anything()]);
    pages.end(other);
    pages.put(one, pageOf(2n), 1);
    expect(one.page).toEqual(expect.anything());
  });

  it('are shorter the more there are', () => {
    const pages = holdPages({ eventsMax: 1_000, pageSize: 500 });
    const rooms = Array.from({ length: 300 }, () => {
      const room = pages.room();
      pages.put(createHolder(), pageOf(1n), 1);
      return room;
    });
    expect([rooms[0], rooms[1], rooms[3], rooms[99], rooms[299]]).toEqual([500, 500, 250, 10, 4]);
  });
});
