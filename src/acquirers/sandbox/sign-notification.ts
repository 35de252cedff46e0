import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isUuid } from '../../kernel/ids.ts';
import { type AcquirerAnswer, type AcquirerNotification, type AcquirerWord, NotificationRejected } from '../port.ts';
import { type Behaviour, rejected } from './model.ts';

/** Carries the lower-case hex of HMAC-SHA256 over the bytes of the body. */
const signatureHeader = 'x-sandbox-signature';

/** Who tells it: with the same secret, one acquirer still cannot speak for another. */
const acquirer = z.string();
const reference = z.string().refine(isUuid);
// Amounts travel as text, since JSON numbers are floating point.
const amount = z.string().regex(/^[1-9]\d{0,17}$/);
const code = z.string().min(1).max(24);
const app = z.strictObject({ key: z.string().min(1).max(100), label: z.string().min(1).max(100) });
const ofOrder = { acquirer, about: z.literal('transaction'), reference };
const orderSchema = z.discriminatedUnion('status', [
  z.strictObject({ ...ofOrder, status: z.literal('SETTLED'), amount, apps: z.array(app).optional() }),
  z.strictObject({ ...ofOrder, status: z.literal('AUTHORIZED'), amount }),
  z.strictObject({ ...ofOrder, status: z.literal('REJECTED'), code }),
  z.strictObject({ ...ofOrder, status: z.literal('FAILED') }),
]);
const ofMovement = { acquirer, about: z.enum(['capture', 'void', 'refund']), reference };
const movementSchema = z.discriminatedUnion('status', [
  z.strictObject({ ...ofMovement, status: z.literal('SETTLED') }),
  z.strictObject({ ...ofMovement, status: z.literal('REJECTED'), code }),
]);
const messageSchema = z.union([orderSchema, movementSchema]);
type OrderMessage = z.infer<typeof orderSchema>;

/** Writes and signs the message that tells an outcome. @throws Error for an answer that is no outcome. */
export function signNotification(
  { secret, behaviour }: { readonly secret: string; readonly behaviour: Pick<Behaviour, 'name'> },
  word: AcquirerWord,
): AcquirerNotification {
  const body = JSON.stringify({ acquirer: behaviour.name, ...messageOf(word) });
  return { headers: new Headers({ [signatureHeader]: signatureOf(secret, body) }), body };
}

/**
 * Checks and reads a message.
 * @throws NotificationRejected when it was not signed with the secret, is malformed, or tells of another acquirer.
 */
export function verifyNotification(
  simulation: { readonly secret: string; readonly behaviour: Behaviour },
  notification: AcquirerNotification,
): AcquirerWord {
  const given = Buffer.from(notification.headers.get(signatureHeader) ?? '');
  const expected = Buffer.from(signatureOf(simulation.secret, notification.body));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new NotificationRejected('The notification is not signed by this acquirer.');
  }
  const message = messageSchema.safeParse(jsonOf(notification.body));
  if (!message.success) throw new NotificationRejected('The notification is signed but cannot be read.');
  const { acquirer, about, reference } = message.data;
  if (acquirer !== simulation.behaviour.name) {
    throw new NotificationRejected('The notification is of another acquirer.');
  }
  if (about === 'transaction') return { about, reference, answer: answerIn(simulation.behaviour, message.data) };
  if (message.data.status === 'SETTLED') return { about, reference, answer: { kind: 'settled' } };
  const { code } = message.data;
  if (!Object.values(simulation.behaviour.movementCodes).includes(code)) throw unknownCode();
  return { about, reference, answer: { kind: 'rejected', code } };
}

function unknownCode(): NotificationRejected {
  return new NotificationRejected('The notification names a code that is no word of this acquirer.');
}

function answerIn(behaviour: Behaviour, message: OrderMessage): AcquirerAnswer {
  switch (message.status) {
    case 'SETTLED':
      return {
        ...{ kind: 'settled', amount: BigInt(message.amount) },
        ...(message.apps && { apps: message.apps }),
      };
    case 'AUTHORIZED':
      return { kind: 'authorized', amount: BigInt(message.amount) };
    case 'FAILED':
      return { kind: 'failed' };
    case 'REJECTED':
      if (!Object.hasOwn(behaviour.refusals, message.code)) throw unknownCode();
      return rejected(behaviour, message.code);
  }
}

function messageOf({ about, reference, answer }: AcquirerWord): object {
  switch (answer.kind) {
    case 'settled':
    case 'authorized':
      return {
        ...{ about, reference, status: answer.kind.toUpperCase() },
        ...('amount' in answer ? { amount: answer.amount.toString() } : {}),
        ...('apps' in answer ? { apps: answer.apps } : {}),
      };
    case 'rejected':
      return { about, reference, status: 'REJECTED', code: answer.code };
    case 'failed':
      return { about, reference, status: 'FAILED' };
    default:
      throw new Error(`"${answer.kind}" is no outcome that could be told.`);
  }
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
