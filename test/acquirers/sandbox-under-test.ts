import type { PayerDecision } from '../../src/acquirers/payer-page.ts';
import type { AcquirerNotification, MovementOrder, StartOrder } from '../../src/acquirers/port.ts';
import type { SandboxAcquirer } from '../../src/acquirers/sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../../src/acquirers/sandbox/deps.ts';
import { signNotification } from '../../src/acquirers/sandbox/sign-notification.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import { newId } from '../../src/kernel/ids.ts';
import { createMerchant, createTestClock, type TestClock } from '../support/factories.ts';
import { runDueJobs } from '../support/run-due-jobs.ts';
import { publicUrl, secret } from './sandbox-gateway.ts';
import type { AcquirerUnderTest } from './under-test.ts';

type Outcome = Parameters<AcquirerUnderTest['order']>[0];
type Wish = NonNullable<Parameters<AcquirerUnderTest['order']>[1]>;

/** What a payer does with an order on the page of a simulated bank, and how long after it was made. */
export type Payer = { readonly decision: PayerDecision; readonly afterMs: number };

/** A payer's decision that is still to come. */
type Visit = { readonly reference: string; readonly decision: PayerDecision; readonly at: number };

/** An order with all that makes it come to its outcome. */
type PlayedOrder = Partial<StartOrder> & Pick<StartOrder, 'channel'> & { readonly payer?: Payer };

/** How a folder of a simulated acquirer is played with. */
export type SandboxPlay = {
  /** Makes it. */
  create(deps: SandboxDeps): SandboxAcquirer;
  /** What its orders look like, by outcome, and what their payers do about them; undefined: they decide nothing. */
  order(outcome: Outcome, wish: Wish): PlayedOrder;
};

/** The notes that say what becomes of a refund, whatever the acquirer (docs/test-codes.md). */
const notes = {
  settled: '',
  rejected: 'TEST-100010',
  'rejected-late': 'TEST-100011',
  silent: 'TEST-100012',
  'told-twice': 'TEST-100013',
} as const;

/** Makes a simulated acquirer as the contract plays with it, with a clock and a merchant of its own, but without a gateway. */
export async function putUnderTest(database: Database, play: SandboxPlay): Promise<AcquirerUnderTest> {
  const clock = createTestClock();
  const merchantId = await createMerchant(database);
  const sent: AcquirerNotification[] = [];
  const deliver = async (_name: string, notification: AcquirerNotification) => void sent.push(notification);
  const acquirer = play.create({ database, clock, secret, deliver, publicUrl });
  const visits: Visit[] = [];
  const letPass = createTime({ database, clock, acquirer, visits });
  const merchant = { merchantId, clockOffsetMs: 0, sandboxDelayMs: 1_000 };
  const movement = (kind: MovementOrder['kind'], values: Pick<MovementOrder, 'transaction' | 'amount' | 'note'>) =>
    ({ kind, reference: newId(clock.now()), currency: 'PLN', ...merchant, ...values }) as const;
  return {
    acquirer,
    sent,
    order: (outcome, wish = {}) => {
      const { payer, ...values } = play.order(outcome, wish);
      const { captureMode = 'AUTOMATIC', amount = 10_000n } = wish;
      const order = orderFor(clock, { ...merchant, captureMode, amount, ...values });
      if (payer) visits.push({ ...payer, reference: order.reference, at: clock.now().getTime() + payer.afterMs });
      return order;
    },
    refund: (outcome, of) => movement('refund', { ...of, note: notes[outcome] }),
    movement: (kind, of) => movement(kind, { ...of, note: '' }),
    letPass,
    toldByAnother: (word) => signNotification({ secret, behaviour: { name: 'sandbox-other' } }, word),
    whileSlow: (work) => whileLocked(database, work),
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
    returnUrl: `${publicUrl}/pay/1`,
    clockOffsetMs: 0,
    sandboxDelayMs: 1_000,
    ...values,
  };
}

/** Time in which payers decide at their moment, and the acquirer does what is due then and at the end. */
function createTime(parts: {
  readonly database: Database;
  readonly clock: TestClock;
  readonly acquirer: SandboxAcquirer;
  readonly visits: Visit[];
}): AcquirerUnderTest['letPass'] {
  const { database, clock, acquirer, visits } = parts;
  const passUntil = async (moment: number): Promise<void> => {
    clock.pass({ ms: moment - clock.now().getTime() });
    await runDueJobs({ database, clock, handlers: acquirer.jobs });
  };
  return async ({ ms }) => {
    const end = clock.now().getTime() + ms;
    const due = visits.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
    for (const { at, ...wish } of due) {
      await passUntil(at);
      await acquirer.decideOrder(wish);
    }
    visits.splice(0, visits.length, ...visits.filter((visit) => !due.includes(visit)));
    await passUntil(end);
  };
}

/** Does something while all that simulated acquirers remember is locked, so that each of their calls waits. */
async function whileLocked(database: Database, work: () => Promise<void>): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    await client.query('lock table sandbox_order, sandbox_movement in access exclusive mode');
    await work();
  } finally {
    await client.query('rollback');
    client.release();
  }
}
