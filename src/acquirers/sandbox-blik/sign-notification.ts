import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isUuid } from '../../kernel/ids.ts';
import { type AcquirerNotification, type AcquirerWord, NotificationRejected, type RefundAnswer } from '../port.ts';
import { rejected } from './model.ts';
import { refusals } from './outcomes.ts';
import { refundRefusals } from './refund-outcomes.ts';

/** Carries the lower-case hex of HMAC-SHA256 over the bytes of the body. */
const signatureHeader = 'x-sandbox-signature';

const reference = z.string().refine(isUuid);
const messageSchema = z.discriminatedUnion('about', [
  z.discriminatedUnion('status', [
    // Amounts travel as text, since JSON numbers are floating point.
    z.strictObject({
      about: z.literal('transaction'),
      reference,
      status: z.literal('SETTLED'),
      amount: z.string().regex(/^[1-9]\d{0,17}$/),
    }),
    z.strictObject({
      about: z.literal('transaction'),
      reference,
      status: z.literal('REJECTED'),
      code: oneOf(refusals),
    }),
  ]),
  z.discriminatedUnion('status', [
    z.strictObject({ about: z.literal('refund'), reference, status: z.literal('SETTLED') }),
    z.strictObject({
      about: z.literal('refund'),
      reference,
      status: z.literal('REJECTED'),
      code: oneOf(refundRefusals),
    }),
  ]),
]);
type Message = z.infer<typeof messageSchema>;

/** Writes and signs the message that tells an outcome. @throws Error for an answer that is no outcome. */
export function signNotification(secret: string, word: AcquirerWord): AcquirerNotification {
  const body = JSON.stringify(messageOf(word));
  return { headers: new Headers({ [signatureHeader]: signatureOf(secret, body) }), body };
}

/** Checks and reads a message. @throws NotificationRejected when it was not signed with the secret or is malformed. */
export function verifyNotification(secret: string, notification: AcquirerNotification): AcquirerWord {
  const given = Buffer.from(notification.headers.get(signatureHeader) ?? '');
  const expected = Buffer.from(signatureOf(secret, notification.body));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new NotificationRejected('The notification is not signed by this acquirer.');
  }
  const message = messageSchema.safeParse(jsonOf(notification.body));
  if (!message.success) throw new NotificationRejected('The notification is signed but cannot be read.');
  return wordOf(message.data);
}

function wordOf(message: Message): AcquirerWord {
  const { about, reference } = message;
  if (about === 'refund') return { about, reference, answer: refundAnswerIn(message) };
  const settled = message.status === 'SETTLED';
  return {
    about,
    reference,
    answer: settled ? { kind: 'settled', amount: BigInt(message.amount) } : rejected(message.code),
  };
}

function refundAnswerIn(message: Message & { readonly about: 'refund' }): RefundAnswer {
  return message.status === 'SETTLED' ? { kind: 'settled' } : { kind: 'rejected', code: message.code };
}

function messageOf({ about, reference, answer }: AcquirerWord): object {
  if (answer.kind === 'rejected') return { about, reference, status: 'REJECTED', code: answer.code };
  if (answer.kind !== 'settled') throw new Error(`"${answer.kind}" is no outcome that could be told.`);
  const amount = 'amount' in answer ? { amount: answer.amount.toString() } : {};
  return { about, reference, status: 'SETTLED', ...amount };
}

function oneOf<Code extends string>(codes: Record<Code, string>): z.ZodLiteral<Code> {
  return z.literal(Object.keys(codes) as Code[]);
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
