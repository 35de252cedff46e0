import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { matchedRoutes } from 'hono/route';
import { imojeRoutes } from '../imoje/http.ts';
import { restRoutes } from '../imoje/rest/http.ts';
import { numberedFault, type RateLimited } from '../kernel/errors.ts';
import { linkRoutes } from '../links/http.ts';
import { acquirerRoutes } from '../payments/http.ts';
import { answerErrorPage } from '../paywall/answer-page.ts';
import { paywallRoutes } from '../paywall/http.ts';
import { pictureRoutes } from '../paywall/pictures-http.ts';
import { sandboxRoutes } from '../paywall/sandbox-http.ts';
import { reportRoutes } from '../reports/http.ts';
import { answerProblem, answerTooMany, sayRetryAfter, wantsHtml } from './answers.ts';
import type { HttpContext, HttpDeps, HttpEnv } from './deps.ts';
import { healthRoutes } from './health.ts';
import { metricsRoutes } from './metrics.ts';
import { BodyEncoded, BodyTooLarge } from './read-body.ts';
import { databaseAway, noteAwayForRequests } from './unavailable.ts';

/** Collects the routes of all slices; what none of them knows is answered 404, and what fails is answered once. */
export function createRouter(deps: HttpDeps): Hono<HttpEnv> {
  const router = new Hono<HttpEnv>();
  router.use(async (c, next) => {
    const started = performance.now();
    await next();
    deps.metrics.requestAnswered({
      method: c.req.method,
      route: routeOf(c),
      status: c.res.status,
      seconds: (performance.now() - started) / 1000,
    });
  });
  router.notFound((c) => answerUnknown(deps, c));
  router.onError((error, c) => answerError(deps, c, error));
  return (
    router
      // What watches over us is never limited, and what acquirers sign is limited only where it is not genuine.
      .route('/', healthRoutes(deps))
      .route('/', metricsRoutes(deps))
      .route('/', acquirerRoutes(deps))
      // Counts by token, and by address only what comes without a good one.
      .route('/', restRoutes(deps))
      // A page of a shop asks for dozens of them at once, and each is drawn but once.
      .route('/', pictureRoutes())
      .use(async (c, next) => {
        const limited = await deps.limits.ofAddress(c.env?.incoming);
        return limited ? answerLimited(deps, c, limited) : next();
      })
      // Only pages: a stream of news must leave at once, and what programs read is small.
      .use(compress({ contentTypeFilter: /^text\/html/ }))
      .route('/', paywallRoutes(deps))
      .route('/', linkRoutes(deps))
      .route('/', reportRoutes(deps))
      .route('/', sandboxRoutes(deps))
      .route('/', imojeRoutes(deps))
  );
}

/** The route that answered or failed; where the limits did it beforehand, the one that would have; "none" without any. */
function routeOf(c: HttpContext): string {
  const left = matchedRoutes(c).slice(c.req.routeIndex);
  return left.find(({ path }) => path !== '/*')?.path ?? 'none';
}

async function answerLimited(deps: HttpDeps, c: HttpContext, limited: RateLimited): Promise<Response> {
  if (!wantsHtml(c)) return answerTooMany(c, limited);
  sayRetryAfter(c, limited);
  // Nobody has to press a button to learn how the payment stands (HTML, section 4.2.5.3). What was sent is not sent again.
  if (c.req.method === 'GET') c.header('refresh', String(limited.retryAfterSeconds));
  return answerErrorPage(c, { status: 429, sandbox: deps.sandbox }, { error: 'TOO_MANY_REQUESTS' });
}

async function answerUnknown(deps: HttpDeps, c: HttpContext): Promise<Response> {
  // What clients send there when their address ends with a slash.
  const instead = c.req.path === '/graphql/' ? '; GraphQL answers at /graphql, without a slash behind it' : '';
  if (!wantsHtml(c)) return answerProblem(c, 404, `There is nothing at this address${instead}.`);
  return answerErrorPage(c, { status: 404, sandbox: deps.sandbox }, { error: 'PAGE_UNKNOWN' });
}

/** The last place where an error of a route can be caught: our bugs go to the log, and their words to nobody. */
async function answerError(deps: HttpDeps, c: HttpContext, error: Error): Promise<Response> {
  const { sandbox } = deps;
  const isCoded = error instanceof BodyEncoded;
  if (isCoded || error instanceof BodyTooLarge) {
    const status = isCoded ? 415 : 413;
    if (isCoded) c.header('accept-encoding', 'identity');
    if (!wantsHtml(c)) return answerProblem(c, status, error.message);
    const problems = [{ field: 'form', text: error.message }];
    return answerErrorPage(c, { status, sandbox }, { error: 'BAD_FORM', problems });
  }
  if (c.req.raw.signal.aborted) return answerProblem(c, 400, 'The request broke off in the middle.');
  if (noteAwayForRequests(deps.log, error)) {
    sayRetryAfter(c, databaseAway);
    if (!wantsHtml(c)) return answerProblem(c, 503, databaseAway.message);
    return answerErrorPage(c, { status: 503, sandbox }, { error: 'SERVER_ERROR' });
  }
  const reference = String(c.env?.outgoing?.getHeader('x-request-id') ?? randomUUID());
  deps.log.error({ err: error, requestId: reference, route: routeOf(c) }, 'a request failed');
  if (!wantsHtml(c)) return answerProblem(c, 500, numberedFault(reference));
  return answerErrorPage(c, { status: 500, sandbox }, { error: 'SERVER_ERROR', reference });
}
