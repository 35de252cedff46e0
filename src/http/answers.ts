import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hideCardNumbers } from '../kernel/card-numbers.ts';
import type { RateLimited } from '../kernel/errors.ts';
import type { HttpContext } from './deps.ts';

/** Says whether whoever asks is a browser that shows the answer to a person. */
export function wantsHtml(c: HttpContext): boolean {
  return (c.req.header('accept') ?? '').toLowerCase().includes('text/html');
}

/** Answers a program: one sentence that says what is wrong and what to do, without card numbers that were sent. */
export function answerProblem(c: HttpContext, status: ContentfulStatusCode, message: string): Response {
  return c.json({ status, message: hideCardNumbers(message) }, status, { 'cache-control': 'no-store' });
}

/** Answers a program that came too often, and says when it may come again (RFC 6585, section 4). */
export function answerTooMany(c: HttpContext, limited: RateLimited): Response {
  sayRetryAfter(c, limited);
  return answerProblem(c, 429, limited.message);
}

/** Puts on the answer after how many seconds to come again. */
export function sayRetryAfter(c: HttpContext, { retryAfterSeconds }: RateLimited): void {
  c.header('retry-after', String(retryAfterSeconds));
}

/** Answers a method that the address does not know (RFC 9110, section 15.5.6). */
export function methodNotAllowed(c: HttpContext, allow: string): Response {
  c.header('allow', allow);
  return answerProblem(c, 405, `This address takes ${allow} only.`);
}
