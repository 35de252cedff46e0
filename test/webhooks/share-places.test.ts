import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Place, type Places, type Postponed, sharePlaces } from '../../src/webhooks/share-places.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Takes a place that is there at once. */
async function begin(places: Places, shopId: string): Promise<Place> {
  const taken = await places.take(shopId);
  if ('waitMs' in taken) throw new Error('The call was postponed.');
  return taken;
}

const beginMany = (places: Places, shopId: string, count: number): Promise<Place[]> =>
  Promise.all(Array.from({ length: count }, () => begin(places, shopId)));

async function postponed(places: Places, shopId: string): Promise<number> {
  return ((await places.take(shopId)) as Postponed).waitMs;
}

/** A shop that was found slow: one call of it ends only now. */
async function findSlow(places: Places, shopId: string): Promise<void> {
  const place = await begin(places, shopId);
  await vi.advanceTimersByTimeAsync(5_001);
  place.leave();
}

it('gives one shop four fifths of the places, and the next as soon as one of its calls has ended', async () => {
  const places = sharePlaces(10);
  const [first, ...others] = await beginMany(places, 'quick', 8);
  let next: Place | Postponed | undefined;
  void places.take('quick').then((taken) => (next = taken));
  await vi.advanceTimersByTimeAsync(200);
  expect(next).toBeUndefined();
  await beginMany(places, 'other', 2);
  first?.leave();
  await vi.advanceTimersByTimeAsync(0);
  expect(next).not.toHaveProperty('waitMs');
  for (const place of others) place.leave();
});

it('waits for no shop whose calls take longer than a quarter of a second, and has them come again as places get free', async () => {
  const places = sharePlaces(10);
  await beginMany(places, 'busy', 8);
  const waiting = [places.take('busy'), places.take('busy')];
  await vi.advanceTimersByTimeAsync(251);
  expect(await Promise.all(waiting)).toEqual([{ waitMs: 1_031 }, { waitMs: 1_063 }]);
  await vi.advanceTimersByTimeAsync(3_749);
  expect(await postponed(places, 'busy')).toBe(1_500);
  await beginMany(places, 'other', 2);
});

it('spreads the calls of a shop that holds its places for longer than five seconds over ten minutes', async () => {
  const places = sharePlaces(50);
  await beginMany(places, 'dead', 40);
  await vi.advanceTimersByTimeAsync(15_000);
  const waits = await Promise.all(Array.from({ length: 200 }, () => postponed(places, 'dead')));
  expect(waits).toEqual(Array.from({ length: 200 }, (_, index) => 1_000 + (index + 1) * 3_000));
  expect(await postponed(places, 'dead')).toBe(1_000);
});

it('gives a slow shop a tenth of the places, until it answers in time or has not been called for a minute', async () => {
  const places = sharePlaces(20);
  await findSlow(places, 'slow');
  const [one, two] = await beginMany(places, 'slow', 2);
  expect(await postponed(places, 'slow')).toBeGreaterThan(0);
  one?.leave();
  await beginMany(places, 'slow', 15);
  two?.leave();

  await findSlow(places, 'forgotten');
  await vi.advanceTimersByTimeAsync(60_000);
  await beginMany(places, 'forgotten', 16);
});

it('gives all slow shops together half of the places', async () => {
  const places = sharePlaces(20);
  const slow = Array.from({ length: 6 }, (_, index) => `slow ${index}`);
  for (const shopId of slow) await findSlow(places, shopId);
  const begun = await Promise.all(slow.slice(0, 5).map((shopId) => beginMany(places, shopId, 2)));
  expect(await postponed(places, 'slow 5')).toBeGreaterThan(0);
  await beginMany(places, 'quick', 10);
  begun[0]?.[0]?.leave();
  await begin(places, 'slow 5');
});

it('has a place for every shop when there is one in all', async () => {
  const places = sharePlaces(1);
  await findSlow(places, 'slow');
  (await begin(places, 'slow')).leave();
  await begin(places, 'quick');
});
