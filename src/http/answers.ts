import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hideCardNumbers } from '../kernel/card-numbers.ts';
import type { RateLimited, RefusalCode } from '../kernel/errors.ts';
import type { HttpContext } from './deps.ts';

/** Says whether whoever asks is a browser that shows the answer to a person. */
export function wantsHtml(c: HttpContext): boolean {
  return (c.req.header('accept') ?? '').toLowerCase().includes('text/html');
}

/** The code of GraphQL that says what a status says; of errors of the caller without one of their own INVALID_INPUT. */
export function codeOf(status: number): RefusalCode | 'INTERNAL_SERVER_ERROR' {
  if (status === 503) return 'UNAVAILABLE';
  if (status >= 500) return 'INTERNAL_SERVER_ERROR';
  const codes: Partial<Record<number, RefusalCode>> = {
    ...{ 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 410: 'NOT_FOUND', 429: 'RATE_LIMITED' },
  };
  return codes[status] ?? 'INVALID_INPUT';
}

/** Answers a program: a code, and one sentence that says what is wrong and what to do, without card numbers that were sent. */
export function answerProblem(c: HttpContext, status: ContentfulStatusCode, message: string): Response {
  return c.json({ status, code: codeOf(status), message: hideCardNumbers(message) }, status, {
    'cache-control': 'no-store',
  });
}

/** Answers a program that came too often, and says when it may come again (RFC 6585, section 4). */
export function answerTooMany(c: HttpContext, limited: RateLimited): Response {
  sayRetryAfter(c, limited);
  return answerProblem(c, 429, limited.message);
}

/** Puts on the answer after how many seconds to come again. */
export function sayRetryAfter(c: HttpContext, { retryAfterSeconds }: { readonly retryAfterSeconds: number }): void {
  c.header('retry-after', String(retryAfterSeconds));
}

/** Answers a method that the address does not know (RFC 9110, section 15.5.6). */
export function methodNotAllowed(c: HttpContext, allow: string): Response {
  c.header('allow', allow);
  return answerProblem(c, 405, `This address takes ${allow} only.`);
}
