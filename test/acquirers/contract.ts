import { describe, expect, it } from 'vitest';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';
import { captureContract, noCaptureContract } from './contract-captures.ts';
import { dayFileContract } from './contract-day-file.ts';
import { notificationContract } from './contract-notifications.ts';
import { orderContract } from './contract-orders.ts';
import { patienceContract } from './contract-patience.ts';
import { refundContract } from './contract-refunds.ts';
import { releaseContract, stopContract } from './contract-stops.ts';
import { voidContract } from './contract-voids.ts';
import type { AcquirerFixture, Make } from './under-test.ts';

/**
 * What every acquirer's folder keeps to, simulated or real, in each way of capturing that it says it can do. `make` gives
 * a fresh one for each test.
 */
export function acquirerContract({ capabilities }: Pick<AcquirerFixture, 'capabilities'>, make: Make): void {
  it('can do what its contract says', async () => {
    expect((await make()).acquirer.capabilities).toEqual(capabilities);
  });

  const modes: readonly CaptureMode[] = capabilities.authorizes ? ['AUTOMATIC', 'MANUAL'] : ['AUTOMATIC'];
  for (const mode of modes) {
    describe(mode === 'MANUAL' ? 'asked to authorise' : 'asked for money', () => {
      orderContract(make, mode);
      patienceContract(make, mode);
      stopContract(make, { mode, ...capabilities });
      notificationContract(make, mode);
      refundContract(make, mode);
    });
  }

  describe('asked for captures', () => (capabilities.authorizes ? captureContract(make) : noCaptureContract(make)));
  if (capabilities.authorizes) describe('asked to release what it authorised', () => voidContract(make));
  if (capabilities.authorizes) describe('told that an authorised order is over', () => releaseContract(make));
  describe('asked what it did on a day', () => dayFileContract(make, modes));
}
