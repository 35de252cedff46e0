import { Hono } from 'hono';
import { NotificationRejected } from '../acquirers/port.ts';
import { answerProblem, answerTooMany, methodNotAllowed } from '../http/answers.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../http/deps.ts';
import { readBody } from '../http/read-body.ts';
import { NotFound } from '../kernel/errors.ts';
import { receiveNotification } from './receive-notification.ts';

type Deps = Pick<HttpDeps, 'notifications' | 'limits' | 'log'>;

/**
 * `POST /acquirers/{name}/notifications`: what acquirers tell us on their own account. However much they tell, what they
 * signed is taken; what is not genuine, or about nothing that we know, counts for the address that it came from.
 */
export function acquirerRoutes(deps: Deps): Hono<HttpEnv> {
  const path = '/acquirers/:name/notifications';
  return new Hono<HttpEnv>()
    .post(path, async (c) => {
      const acquirer = c.req.param('name');
      const body = (await readBody(c.req.raw)).toString('utf8');
      try {
        await receiveNotification(deps.notifications, acquirer, { headers: c.req.raw.headers, body });
        return c.json({ status: 'ok' });
      } catch (error) {
        if (!(error instanceof NotFound || error instanceof NotificationRejected)) throw error;
        const limited = await deps.limits.ofAddress(c.env?.incoming);
        return limited ? answerTooMany(c, limited) : answerRejected(deps, c, error);
      }
    })
    .all(path, (c) => methodNotAllowed(c, 'POST'));
}

function answerRejected(deps: Deps, c: HttpContext, error: NotFound | NotificationRejected): Response {
  if (error instanceof NotFound) return answerProblem(c, 404, error.message);
  deps.log.warn({ acquirer: c.req.param('name'), reason: error.message }, 'a notification of an acquirer was rejected');
  return answerProblem(c, 400, 'The notification is not genuine or cannot be read; check its signature.');
}
