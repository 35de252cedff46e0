import {
  type AcquirerNotification,
  type Acquirers,
  type MovementAnswer,
  type MovementKind,
  NotificationRejected,
} from '../acquirers/port.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import type { PaymentDeps } from './deps.ts';
import { submitAnswer } from './submit-answer.ts';

/** A word about a capture, void or refund, and whose word it is. */
export type MovementWord = { readonly id: string; readonly answer: MovementAnswer; readonly acquirer: string };

/** Who hears what acquirers tell: words about transactions, captures and voids are ours, refunds have a slice above. */
export type NotificationDeps = Pick<PaymentDeps, 'applying' | 'attempts'> & {
  readonly acquirers: Acquirers;
  readonly hearMovement: { readonly [kind in MovementKind]: (word: MovementWord) => Promise<unknown> };
};

/**
 * Takes a message that an acquirer sent on its own account: checks that it is genuine, and applies it. The same message
 * may come any number of times and in any order.
 * @throws NotFound for an unknown acquirer, a reference that is unknown or of another acquirer's order;
 * NotificationRejected when the message is not genuine.
 */
export async function receiveNotification(
  deps: NotificationDeps,
  acquirerName: string,
  notification: AcquirerNotification,
): Promise<void> {
  const acquirer = deps.acquirers.get(acquirerName);
  if (!acquirer) throw new NotFound('There is no such acquirer.');
  const word = acquirer.readNotification(notification);
  // "No answer" is what we find out ourselves; nobody can tell it to us.
  if (word.answer.kind === 'silent') throw new NotificationRejected('A notification must carry an answer.');
  const id = parseId(word.reference, word.about, ['reference']);
  if (word.about === 'transaction') {
    await submitAnswer(deps, { transactionId: id, answer: word.answer, acquirer: acquirerName });
  } else {
    await deps.hearMovement[word.about]({ id, answer: word.answer, acquirer: acquirerName });
  }
}
