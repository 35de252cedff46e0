import type {
  AcquirerNotification,
  AcquirerWord,
  MovementOrder,
  SandboxTraits,
  StartOrder,
} from '../../src/acquirers/port.ts';
import type { SandboxAcquirer } from '../../src/acquirers/sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../../src/acquirers/sandbox/deps.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import { newId } from '../../src/kernel/ids.ts';
import { createMerchant, createTestClock, type TestClock } from '../support/factories.ts';
import { runDueJobs } from '../support/run-due-jobs.ts';
import { publicUrl, secret } from './sandbox-gateway.ts';

/** A simulated acquirer with a clock and a merchant of its own, but without a gateway: what it tells is only kept. */
export type Simulated = {
  readonly acquirer: SandboxAcquirer;
  readonly clock: TestClock;
  readonly merchant: SandboxTraits;
  /** Every notification it has sent, oldest first. */
  readonly sent: readonly AcquirerNotification[];
  /** The same, read. */
  words(): readonly AcquirerWord[];
  /** Lets time pass and the acquirer do what is due at its end; gives the names of its jobs that ran. */
  letPass(duration: { readonly ms: number }): Promise<string[]>;
};

/** Makes one; it tells outcomes a second after the call or the payer's decision. */
export async function simulate(database: Database, create: (deps: SandboxDeps) => SandboxAcquirer): Promise<Simulated> {
  const clock = createTestClock();
  const merchantId = await createMerchant(database);
  const sent: AcquirerNotification[] = [];
  const deliver = async (_name: string, notification: AcquirerNotification) => void sent.push(notification);
  const acquirer = create({ database, clock, secret, deliver, publicUrl });
  return {
    acquirer,
    clock,
    merchant: { merchantId, clockOffsetMs: 0, sandboxDelayMs: 1_000 },
    sent,
    words: () => sent.map((notification) => acquirer.readNotification(notification)),
    letPass: (duration) => {
      clock.pass(duration);
      return runDueJobs({ database, clock, handlers: acquirer.jobs });
    },
  };
}

/** An order of a shop as the acquirer gets it, for 100.00 PLN unless other values are given. */
export function orderFor(
  clock: Pick<TestClock, 'now'>,
  values: Partial<StartOrder> & Pick<StartOrder, 'merchantId' | 'channel'>,
): StartOrder {
  const now = clock.now();
  return {
    reference: newId(now),
    amount: 10_000n,
    currency: 'PLN',
    captureMode: 'AUTOMATIC',
    title: 'TEST-100000',
    shopName: 'Sklep testowy',
    enteredAt: now,
    blikCode: undefined,
    cardToken: undefined,
    stored: false,
    alias: undefined,
    returnUrl: `${publicUrl}/pay/1`,
    clockOffsetMs: 0,
    sandboxDelayMs: 1_000,
    ...values,
  };
}

/** A movement of a shop as the acquirer gets it. */
export function movementFor(
  { clock, merchant }: Pick<Simulated, 'clock' | 'merchant'>,
  values: Pick<MovementOrder, 'kind' | 'transaction' | 'amount'> & Partial<MovementOrder>,
): MovementOrder {
  return { reference: newId(clock.now()), currency: 'PLN', settled: 0n, note: '', ...merchant, ...values };
}
