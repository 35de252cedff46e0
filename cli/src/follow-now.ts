import type { Event } from '@bramka/client';
import { NotDone } from './errors.ts';
import { reportConnection } from './report-connection.ts';
import type { Terminal } from './terminal.ts';
import { withinTime } from './within-time.ts';

/** Events of a shop from a moment on, taken one after the other. */
export type Following = {
  /**
   * The next event that fits; those before it are passed over.
   * @throws NotDone with the sentence when none comes in time, and why it ends when the command is told to.
   */
  until<Kind extends Event>(fits: (event: Event) => event is Kind): Promise<Kind>;
  /** For calls whose event is waited for: aborted with the command, and by that NotDone when the time is over. */
  readonly signal: AbortSignal;
  end(): Promise<void>;
};

/**
 * Begins to follow, and resolves when it is certain that nothing is missed from now on, and that the gateway lets this key follow: else
 * something would be made whose outcome nobody is told.
 */
export async function followNow(
  { client, settings: { shopId }, signal, say }: Terminal,
  { seconds }: { readonly seconds: number },
): Promise<Following> {
  const late = new NotDone(`It did not happen within ${seconds} s.`);
  const inTime = withinTime(signal, seconds * 1_000, late);
  let begin = (): void => {};
  let fail = (_: unknown): void => {};
  let hasBegun = false;
  const begun = new Promise<void>((resolve, reject) => {
    begin = () => {
      hasBegun = true;
      resolve();
    };
    fail = reject;
  });
  const { onConnect, onRetry } = reportConnection(say);
  const events = client.events({
    shopId,
    signal: inTime.signal,
    // Somebody waits at the terminal: a gateway that cannot be reached in the beginning, or refuses, is said at once.
    onRetry: (error, pauseMs) => (hasBegun ? onRetry(error, pauseMs) : fail(error)),
    onConnect: () => {
      begin();
      onConnect();
    },
  });
  let next: Promise<IteratorResult<Event, void>> | undefined = events.next();
  await Promise.race([begun, next]);
  if (!hasBegun) throw inTime.signal.reason;
  return {
    signal: inTime.signal,
    until: async (fits) => {
      for (;;) {
        const taken = await (next ?? events.next());
        next = undefined;
        if (taken.done) throw inTime.signal.reason;
        if (fits(taken.value)) return taken.value;
      }
    },
    end: async () => {
      inTime.leave();
      await events.return();
    },
  };
}

/** The payment that an event is about; undefined when it is about none. */
export function paymentIdOf(event: Event): string | undefined {
  if (event.__typename === 'PaymentEvent') return event.payment.id;
  if (event.__typename === 'RefundEvent') return event.refund.transaction.payment.id;
  return 'transaction' in event ? event.transaction.payment.id : undefined;
}
