import { type AcquirerNotification, NotificationRejected } from '../acquirers/port.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import type { PaymentDeps } from './deps.ts';

/**
 * Takes a message that an acquirer sent on its own account: checks that it is genuine, and applies it. The same message
 * may come any number of times and in any order.
 * @throws NotFound for an unknown acquirer, a reference that is unknown or of another acquirer's order;
 * NotificationRejected when the message is not genuine.
 */
export async function receiveNotification(
  deps: Pick<PaymentDeps, 'acquirers' | 'applying'>,
  acquirerName: string,
  notification: AcquirerNotification,
): Promise<void> {
  const acquirer = deps.acquirers.get(acquirerName);
  if (!acquirer) throw new NotFound('There is no such acquirer.');
  const { reference, answer } = acquirer.readNotification(notification);
  // "No answer" is what we find out ourselves; nobody can tell it to us.
  if (answer.kind === 'silent') throw new NotificationRejected('A notification must carry an answer.');
  const transactionId = parseId(reference, 'transaction', ['reference']);
  await deps.applying.submit({ transactionId, answer, acquirer: acquirerName });
}
