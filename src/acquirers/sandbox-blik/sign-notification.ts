import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isUuid } from '../../kernel/ids.ts';
import { type AcquirerAnswer, type AcquirerNotification, NotificationRejected } from '../port.ts';
import { rejected } from './model.ts';
import { type RefusalCode, refusals } from './outcomes.ts';

/** Carries the lower-case hex of HMAC-SHA256 over the bytes of the body. */
const signatureHeader = 'x-sandbox-signature';

/** An answer that can be told, about one order. */
export type Told = { readonly reference: string; readonly answer: AcquirerAnswer };

const reference = z.string().refine(isUuid);
const messageSchema = z.discriminatedUnion('status', [
  // Amounts travel as text, since JSON numbers are floating point.
  z.strictObject({ reference, status: z.literal('SETTLED'), amount: z.string().regex(/^[1-9]\d{0,17}$/) }),
  z.strictObject({
    reference,
    status: z.literal('REJECTED'),
    code: z.enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]]),
  }),
]);

/** Writes and signs the message that tells an outcome. @throws Error for an answer that is no outcome. */
export function signNotification(secret: string, told: Told): AcquirerNotification {
  const body = JSON.stringify(messageOf(told));
  return { headers: new Headers({ [signatureHeader]: signatureOf(secret, body) }), body };
}

/** Checks and reads a message. @throws NotificationRejected when it was not signed with the secret or is malformed. */
export function verifyNotification(secret: string, notification: AcquirerNotification): Told {
  const given = Buffer.from(notification.headers.get(signatureHeader) ?? '');
  const expected = Buffer.from(signatureOf(secret, notification.body));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new NotificationRejected('The notification is not signed by this acquirer.');
  }
  const message = messageSchema.safeParse(jsonOf(notification.body));
  if (!message.success) throw new NotificationRejected('The notification is signed but cannot be read.');
  const { data } = message;
  return {
    reference: data.reference,
    answer: data.status === 'SETTLED' ? { kind: 'settled', amount: BigInt(data.amount) } : rejected(data.code),
  };
}

function messageOf({ reference, answer }: Told): object {
  if (answer.kind === 'settled') return { reference, status: 'SETTLED', amount: answer.amount.toString() };
  if (answer.kind === 'rejected') return { reference, status: 'REJECTED', code: answer.code };
  throw new Error(`"${answer.kind}" is no outcome that could be told.`);
}

function signatureOf(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body, 'utf8').digest('hex');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
