import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useLasts } from '../../src/links/model.ts';
import { useLink } from '../../src/links/use-link.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { expirePayment } from '../../src/payments/expire-payment.ts';
import type { Shop } from '../../src/shops/model.ts';
import { type Processes, startProcesses } from '../payments/processes.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { createLinkDeps, makeLink, openLink } from './world.ts';

let processes: Processes;

beforeAll(async () => {
  processes = await startProcesses({ gateways: 3, shops: 1 });
});
afterAll(() => processes.close());

const customer = { firstName: 'Jan', lastName: 'Kowalski' };

describe('Many payers who open one link through several processes', () => {
  for (const usesMax of [1, 2, 5]) {
    it(`get no more than ${usesMax} payments of a link with ${usesMax} uses`, async () => {
      const deps = processes.gateways.map((gateway: PaymentDeps) => createLinkDeps(gateway));
      const first = deps[0] as (typeof deps)[0];
      const opened = await openLink(first, await makeLink(first, processes.shops[0] as Shop, { usesMax }));
      const payers = Array.from({ length: 24 }, (_, place) => `nonce-${place % 12}`);
      const outcomes = await Promise.allSettled(
        payers.map((nonce, place) =>
          useLink(deps[place % deps.length] as (typeof deps)[0], opened, { customer, nonce }),
        ),
      );
      const paid = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.id] : []));
      expect(new Set(paid).size).toBe(usesMax);
      expect(paid).toHaveLength(usesMax === 1 ? payers.length : 2 * usesMax);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'LINK_NOT_ACTIVE' });
      }
      expect((await openLink(first, opened.link)).link).toMatchObject({ made: usesMax, uses: usesMax });
      expect(await brokenInvariants(processes.database)).toEqual([]);
    });
  }

  it('get a use that another one gives back at that moment, once, and no deadlock comes of it', async () => {
    const deps = processes.gateways.map((gateway: PaymentDeps) => createLinkDeps(gateway));
    const depsAt = (place: number) => deps[place % deps.length] as (typeof deps)[0];
    const usesMax = 6;
    const opened = await openLink(depsAt(0), await makeLink(depsAt(0), processes.shops[0] as Shop, { usesMax }));
    const pay = (nonce: string, place: number) => useLink(depsAt(place), opened, { customer, nonce });
    const left = [];
    for (let place = 0; place < usesMax; place += 1) left.push(await pay(`gone-${place}`, place));
    processes.clock.pass(useLasts);
    const outcomes = await Promise.allSettled(
      left.flatMap(({ id }, place) => [
        ...[0, 1].map((again) => expirePayment(depsAt(place + again).payments, id)),
        ...[0, 1, 2].map((payer) => pay(`new-${place}-${payer}`, place + payer)),
      ]),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'LINK_NOT_ACTIVE' });
    }
    const { link } = await openLink(depsAt(0), opened.link);
    expect(link.uses).toBeLessThanOrEqual(usesMax);
    expect(link.made - link.uses).toBe(usesMax);
    // Whoever comes later takes what is left, and no more.
    for (let place = link.uses; place < usesMax; place += 1) await pay(`late-${place}`, place);
    await expect(pay('too-late', 0)).rejects.toMatchObject({ code: 'LINK_NOT_ACTIVE' });
    expect(await processes.countDeadlocks()).toBe(0n);
    expect(await brokenInvariants(processes.database)).toEqual([]);
  });
});
