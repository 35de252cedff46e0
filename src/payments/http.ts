import { Hono } from 'hono';
import { NotificationRejected } from '../acquirers/port.ts';
import { answerProblem, methodNotAllowed } from '../http/answers.ts';
import type { HttpDeps, HttpEnv } from '../http/deps.ts';
import { readBody } from '../http/read-body.ts';
import { NotFound } from '../kernel/errors.ts';
import { receiveNotification } from './receive-notification.ts';

/** `POST /acquirers/{name}/notifications`: what acquirers tell us on their own account. */
export function acquirerRoutes(deps: Pick<HttpDeps, 'notifications' | 'log'>): Hono<HttpEnv> {
  const path = '/acquirers/:name/notifications';
  return new Hono<HttpEnv>()
    .post(path, async (c) => {
      const acquirer = c.req.param('name');
      const body = (await readBody(c.req.raw)).toString('utf8');
      try {
        await receiveNotification(deps.notifications, acquirer, { headers: c.req.raw.headers, body });
        return c.json({ status: 'ok' });
      } catch (error) {
        if (error instanceof NotFound) return answerProblem(c, 404, error.message);
        if (!(error instanceof NotificationRejected)) throw error;
        deps.log.warn({ acquirer, reason: error.message }, 'a notification of an acquirer was rejected');
        return answerProblem(c, 400, 'The notification is not genuine or cannot be read; check its signature.');
      }
    })
    .all(path, (c) => methodNotAllowed(c, 'POST'));
}
