import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hideCardNumbers } from '../kernel/card-numbers.ts';
import type { HttpContext } from './deps.ts';

/** Says whether whoever asks is a browser that shows the answer to a person. */
export function wantsHtml(c: HttpContext): boolean {
  return (c.req.header('accept') ?? '').toLowerCase().includes('text/html');
}

/** Answers a program: one sentence that says what is wrong and what to do, without card numbers that were sent. */
export function answerProblem(c: HttpContext, status: ContentfulStatusCode, message: string): Response {
  return c.json({ status, message: hideCardNumbers(message) }, status, { 'cache-control': 'no-store' });
}

/** Answers a method that the address does not know (RFC 9110, section 15.5.6). */
export function methodNotAllowed(c: HttpContext, allow: string): Response {
  c.header('allow', allow);
  return answerProblem(c, 405, `This address takes ${allow} only.`);
}
