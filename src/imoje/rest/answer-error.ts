import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { sayRetryAfter } from '../../http/answers.ts';
import type { HttpContext } from '../../http/deps.ts';
import { databaseAway } from '../../http/unavailable.ts';
import { hideCardNumbers } from '../../kernel/card-numbers.ts';
import { numberedFault, RateLimited, type Refusal, type RefusalCode } from '../../kernel/errors.ts';
import { type FieldNames, renameField } from '../rename-field.ts';
import { BodyCoded, BodyInvalid, BodyNotJson, type FieldProblem } from './errors.ts';

type WireError = { readonly status: ContentfulStatusCode; readonly code: string };

/** The door's names of what the verbs call otherwise. */
const fieldNames: FieldNames = {
  shopId: 'serviceId',
  method: 'paymentMethodCode',
  methods: 'visibleMethod',
  description: 'additionalDescription',
  successUrl: 'successReturnUrl',
  failureUrl: 'failureReturnUrl',
  validUntil: 'validTo',
  payerIp: 'clientIp',
  reason: 'title',
  idempotencyKey: 'Idempotency-Key',
  customerId: 'customer.cid',
  shares: 'multipayout',
  profileId: 'paymentProfileId',
  appKey: 'blikKey',
  token: 'wallet',
  code: 'blikCode',
  paymentMethods: 'get-payment-methods',
};

/** The statuses are those of imoje (protocol, section 5.0). Of its codes only TRX-ERROR-120301 is documented; the others are ours. */
const refusalErrors: Readonly<Record<RefusalCode, WireError>> = {
  INVALID_INPUT: { status: 422, code: 'REQ-ERROR-100422' },
  NOT_FOUND: { status: 404, code: 'REQ-ERROR-100404' },
  FORBIDDEN: { status: 403, code: 'REQ-ERROR-100403' },
  UNAUTHENTICATED: { status: 401, code: 'REQ-ERROR-100401' },
  RATE_LIMITED: { status: 429, code: 'REQ-ERROR-100429' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, code: 'REQ-ERROR-100409' },
  SHOP_NOT_ACTIVE: { status: 406, code: 'TRX-ERROR-120101' },
  MERCHANT_NOT_ACTIVE: { status: 406, code: 'TRX-ERROR-120102' },
  METHOD_NOT_AVAILABLE: { status: 406, code: 'TRX-ERROR-120103' },
  CURRENCY_NOT_AVAILABLE: { status: 422, code: 'TRX-ERROR-120104' },
  AMOUNT_OUT_OF_RANGE: { status: 422, code: 'TRX-ERROR-120105' },
  PAYMENT_NOT_PAYABLE: { status: 422, code: 'TRX-ERROR-120106' },
  ATTEMPT_IN_PROGRESS: { status: 422, code: 'TRX-ERROR-120107' },
  LINK_NOT_ACTIVE: { status: 422, code: 'TRX-ERROR-120108' },
  TRANSACTION_NOT_SETTLED: { status: 422, code: 'TRX-ERROR-120201' },
  REFUND_EXCEEDS_AMOUNT: { status: 422, code: 'TRX-ERROR-120202' },
  REFUND_WINDOW_CLOSED: { status: 422, code: 'TRX-ERROR-120203' },
  BALANCE_TOO_LOW: { status: 422, code: 'TRX-ERROR-120204' },
  PROFILE_NOT_ACTIVE: { status: 422, code: 'TRX-ERROR-120301' },
  NOT_CAPTURABLE: { status: 422, code: 'TRX-ERROR-120401' },
  NOT_VOIDABLE: { status: 422, code: 'TRX-ERROR-120402' },
  WRONG_STATE: { status: 422, code: 'REQ-ERROR-100506' },
  ACCESS_CLAIMED: { status: 422, code: 'REQ-ERROR-100507' },
  SETTLEMENT_FIXED: { status: 422, code: 'REQ-ERROR-100508' },
  ADDRESS_BY_MESSAGE: { status: 422, code: 'REQ-ERROR-100509' },
  MAIL_NOT_AVAILABLE: { status: 422, code: 'REQ-ERROR-100510' },
  TOO_MANY_REPORTS: { status: 422, code: 'REQ-ERROR-100511' },
  TOO_MANY_SCHEDULES: { status: 422, code: 'REQ-ERROR-100512' },
  CURSOR_INVALID: { status: 422, code: 'REQ-ERROR-100501' },
  CURSOR_EXPIRED: { status: 422, code: 'REQ-ERROR-100502' },
  SLOW_CONSUMER: { status: 422, code: 'REQ-ERROR-100503' },
  QUERY_TOO_COMPLEX: { status: 422, code: 'REQ-ERROR-100504' },
  TIMEOUT: { status: 504, code: 'REQ-ERROR-100505' },
  UNAVAILABLE: { status: 503, code: 'REQ-ERROR-100513' },
};

/**
 * Answers with what imoje calls an `apiErrorResponse` (protocol, section 5.0).
 * @param asked.instance what was sent, which goes back without card data; undefined when it could not be read.
 * @param asked.names the endpoint's own names, where they are not those of the door.
 */
export function answerRestRefusal(
  c: HttpContext,
  refusal: Refusal,
  asked: { readonly instance?: unknown; readonly names?: FieldNames | undefined } = {},
): Response {
  if (refusal instanceof RateLimited) sayRetryAfter(c, refusal);
  if (refusal instanceof BodyCoded) c.header('accept-encoding', 'identity');
  const { status, code } = wireErrorOf(refusal);
  const { field: path, message } =
    refusal instanceof BodyInvalid
      ? { field: undefined, message: refusal.message }
      : renameField(refusal, { ...fieldNames, ...asked.names });
  const blamed = path === undefined ? [] : [{ path, rule: refusal.code.toLowerCase(), message }];
  const errors = refusal instanceof BodyInvalid ? refusal.problems : blamed;
  return answerWith(c, status, { code, message, instance: asked.instance, errors });
}

function wireErrorOf(refusal: Refusal): WireError {
  if (refusal instanceof BodyCoded) return wireErrors.coded;
  return refusal instanceof BodyNotJson ? wireErrors.notJson : refusalErrors[refusal.code];
}

/** What no verb refuses, but the door itself answers. */
export const wireErrors = {
  notJson: { status: 400, code: 'REQ-ERROR-100400' },
  coded: { status: 415, code: 'REQ-ERROR-100415' },
  failure: { status: 500, code: 'REQ-ERROR-100500' },
} as const;

/** The status and the code that a refusal has at this door. */
export function wireErrorFor(code: RefusalCode): WireError {
  return refusalErrors[code];
}

/** Answers that something went wrong on our side; the reference leads to the log. */
export function answerRestFailure(c: HttpContext, reference: string): Response {
  const { status, code } = wireErrors.failure;
  return answerWith(c, status, { code, message: numberedFault(reference), instance: undefined, errors: [] });
}

/** Answers that the database cannot be reached; whether a call that moves money was done is not known then. */
export function answerRestUnavailable(c: HttpContext): Response {
  sayRetryAfter(c, databaseAway);
  const { status, code } = refusalErrors.UNAVAILABLE;
  const message =
    'The gateway cannot use its database just now; call again in a moment, with the same Idempotency-Key, and it is done once.';
  return answerWith(c, status, { code, message, instance: undefined, errors: [] });
}

type Told = {
  readonly code: string;
  readonly message: string;
  readonly instance: unknown;
  readonly errors: readonly FieldProblem[];
};

function answerWith(c: HttpContext, status: ContentfulStatusCode, told: Told): Response {
  const { code, message, instance, errors } = told;
  const apiErrorResponse = { code, message, instance: instance === undefined ? null : withoutCards(instance), errors };
  return c.json({ apiErrorResponse }, status, { 'cache-control': 'no-store' });
}

/** What was sent, without what must not come back: cards, wallet tokens, and card numbers in any name or value. */
function withoutCards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCards);
  if (typeof value === 'string') return hideCardNumbers(value);
  if (typeof value === 'number') return hideCardNumbers(String(value)) === String(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== 'card' && name !== 'wallet');
  return Object.fromEntries(members.map(([name, inner]) => [hideCardNumbers(name), withoutCards(inner)]));
}
