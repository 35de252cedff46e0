import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useLink } from '../../src/links/use-link.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
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
      expect((await openLink(first, opened.link)).use).toMatchObject({ made: usesMax, uses: usesMax });
      expect(await brokenInvariants(processes.database)).toEqual([]);
    });
  }
});
