import type { PayerDecision } from '../../src/acquirers/payer-page.ts';
import type { StartOrder } from '../../src/acquirers/port.ts';
import type { SandboxAcquirer } from '../../src/acquirers/sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../../src/acquirers/sandbox/deps.ts';
import { signNotification } from '../../src/acquirers/sandbox/sign-notification.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import { secret } from './sandbox-gateway.ts';
import { movementFor, orderFor, type Simulated, simulate } from './simulated.ts';
import type { AcquirerUnderTest } from './under-test.ts';

type Outcome = Parameters<AcquirerUnderTest['order']>[0];
type Wish = NonNullable<Parameters<AcquirerUnderTest['order']>[1]>;

/** What a payer does with an order on the page of a simulated bank, and how long after it was made. */
export type Payer = { readonly decision: PayerDecision; readonly afterMs: number };

/** A payer's decision that is still to come. */
type Visit = { readonly reference: string; readonly decision: PayerDecision; readonly at: number };

/** An order with all that makes it come to its outcome. */
type PlayedOrder = Partial<StartOrder> & Pick<StartOrder, 'channel'> & { readonly payer?: Payer | undefined };

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

/** Makes a simulated acquirer as the contract plays with it. */
export async function putUnderTest(database: Database, play: SandboxPlay): Promise<AcquirerUnderTest> {
  const simulated = await simulate(database, play.create);
  const { acquirer, clock, merchant, sent } = simulated;
  const visits: Visit[] = [];
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
    refund: (outcome, of) => movementFor(simulated, { kind: 'refund', ...of, note: notes[outcome] }),
    movement: (kind, of) => movementFor(simulated, { kind, ...of }),
    letPass: (duration) => letPassWithPayers(simulated, visits, duration),
    toldByAnother: (word) => signNotification({ secret, behaviour: { name: 'sandbox-other' } }, word),
    whileSlow: (work) => whileLocked(database, work),
  };
}

/** Lets time pass in which payers decide at their moment, and the acquirer does what is due then and at the end. */
async function letPassWithPayers(
  { acquirer, clock, letPass }: Simulated,
  visits: Visit[],
  { ms }: { readonly ms: number },
): Promise<void> {
  const end = clock.now().getTime() + ms;
  const passUntil = (moment: number): Promise<unknown> => letPass({ ms: moment - clock.now().getTime() });
  const due = visits.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
  for (const { at, ...wish } of due) {
    await passUntil(at);
    await acquirer.decideOrder(wish);
  }
  visits.splice(0, visits.length, ...visits.filter((visit) => !due.includes(visit)));
  await passUntil(end);
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
