import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { routePath } from 'hono/route';
import type { Actor } from '../../auth/actor.ts';
import { addressOf } from '../../http/client-address.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../../http/deps.ts';
import { BodyEncoded, BodyTooLarge, readBody } from '../../http/read-body.ts';
import { noteAwayForRequests } from '../../http/unavailable.ts';
import { InvalidInput, NotFound, Refusal } from '../../kernel/errors.ts';
import { answerRestFailure, answerRestRefusal, answerRestUnavailable } from './answer-error.ts';
import { docsRoutes } from './docs-http.ts';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { AddressNotTrusted, BodyCoded, BodyNotJson, OtherMerchant, TokenInvalid } from './errors.ts';

const base = '/v1/merchant/:merchantId';

/** The imoje REST door: `/v1/merchant/{merchantId}/…` (imoje protocol, section 5). */
export function restRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  for (const endpoint of endpoints) {
    routes.on(endpoint.method.toUpperCase(), `${base}${endpoint.path}`, (c) => serve(deps, c, endpoint));
  }
  routes.route('/', docsRoutes(deps));
  routes.all('/v1/*', (c) => serve(deps, c, nowhere));
  return routes;
}

const nowhere: Pick<Endpoint, 'moves' | 'names' | 'answer'> = {
  answer: () => Promise.reject(new NotFound('There is no such endpoint; check the method and the path.')),
};

/** Lets in who may, reads the body, and answers: exactly 200 when all is well, since clients take nothing else. */
async function serve(deps: HttpDeps, c: HttpContext, endpoint: typeof nowhere): Promise<Response> {
  let actor: Actor | undefined;
  let body: unknown;
  const idempotencyKey = c.req.header('idempotency-key') ?? randomUUID();
  const address = addressOf(c.env?.incoming, deps.trustedProxies);
  try {
    actor = await letIn(deps, c, address);
    body = await bodyOf(c);
    const answer = await endpoint.answer({ deps, actor, params: c.req.param(), body, idempotencyKey, address });
    return c.json(answer, 200, { 'cache-control': 'no-store' });
  } catch (thrown) {
    const error = inOurWords(thrown);
    if (!(error instanceof Refusal)) return fail(deps, c, error);
    deps.metrics.operationRefused(error.code);
    if (actor && endpoint.moves)
      await keep(deps, { actor, operation: endpoint.moves, refusal: error, idempotencyKey, body, c });
    return answerRestRefusal(c, error, { instance: body, names: endpoint.names });
  }
}

/** What a body is refused for before it is looked into, as this door refuses. */
function inOurWords(thrown: unknown): unknown {
  if (thrown instanceof BodyEncoded) return new BodyCoded();
  return thrown instanceof BodyTooLarge ? new InvalidInput(thrown.message) : thrown;
}

async function letIn(deps: HttpDeps, c: HttpContext, address: string): Promise<Actor> {
  const actor = await deps.restTokens.authenticate(c.req.header('authorization'));
  const limited = await (actor ? deps.limits.ofKey(actor.keyId) : deps.limits.ofAddress(c.env?.incoming));
  if (limited) throw limited;
  if (!actor) throw new TokenInvalid();
  const merchantId = c.req.param('merchantId');
  if (merchantId !== undefined && merchantId !== actor.merchantId) throw new OtherMerchant();
  const trustedIps = await deps.trustedIps.of(actor.merchantId);
  if (trustedIps.length > 0 && !trustedIps.includes(address)) throw new AddressNotTrusted(address);
  return actor;
}

/** Clients send a Content-Type with GET as well, and POST without a body; both are good. */
async function bodyOf(c: HttpContext): Promise<unknown> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return {};
  const bytes = await readBody(c.req.raw);
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new BodyNotJson();
  }
  // PHP writes an empty array for an empty object.
  if (Array.isArray(value) && value.length === 0) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BodyNotJson();
  return value;
}

type Refused = {
  readonly actor: Actor;
  readonly operation: string;
  readonly refusal: Refusal;
  readonly idempotencyKey: string;
  readonly body: unknown;
  readonly c: HttpContext;
};

/** A refused money operation is kept as evidence, as at GraphQL (domain, invariant 6). */
async function keep({ refusals }: HttpDeps, { body, c, ...refused }: Refused): Promise<void> {
  const { serviceId } = (body ?? {}) as { readonly serviceId?: unknown };
  const shopId = typeof serviceId === 'string' ? serviceId : undefined;
  await refusals.record({ ...refused, shopId, subject: c.req.param('transactionId') });
}

function fail({ log }: HttpDeps, c: HttpContext, error: unknown): Response {
  if (noteAwayForRequests(log, error)) {
    return answerRestUnavailable(c);
  }
  const reference = String(c.env?.outgoing?.getHeader('x-request-id') ?? randomUUID());
  log.error({ err: error, requestId: reference, route: routePath(c) }, 'a request of the REST door failed');
  return answerRestFailure(c, reference);
}
