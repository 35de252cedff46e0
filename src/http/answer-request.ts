import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import { DatabaseUnavailable } from '../kernel/db/database.ts';
import { numberedFault, ourFault } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { codeOf } from './answers.ts';
import type { HttpEnv } from './deps.ts';
import { databaseAway, noteAwayForRequests } from './unavailable.ts';

export type RequestDeps = {
  readonly router: { fetch(request: Request, env: HttpEnv['Bindings']): Response | Promise<Response> };
  readonly graphql: { handle(req: IncomingMessage, res: ServerResponse): void | Promise<void> };
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'requestAnswered'>;
  /** True when payers and shops reach us by https alone: browsers are told to keep to it for a year. */
  readonly httpsOnly: boolean;
};

/** What is asked so often that a line for each would hide the rest. */
const quietPath = /^\/(?:graphql$|health\/|metrics$)/;

/** Headers of every answer; pages and GraphQL replace the policy by a stricter one (OWASP ASVS 5, section 3.4). */
const securityHeaders = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Frame-Options', 'DENY'],
  ['Content-Security-Policy', "frame-ancestors 'none'"],
] as const;

/**
 * Makes what answers every request: gives it an id, the headers that all answers carry and a line in the log, and sends
 * it to GraphQL or to the router. Whatever is thrown on the way ends here.
 */
export function createRequestAnswerer(deps: RequestDeps): (req: IncomingMessage, res: ServerResponse) => void {
  const toRouter = getRequestListener((request, env) => deps.router.fetch(request, env as HttpEnv['Bindings']), {
    // The process's own Request and Response stay as they are, for everything else that runs in it.
    overrideGlobalObjects: false,
    // Probes of some balancers speak HTTP/1.0, which needs no Host; nothing is made of the name.
    hostname: 'localhost',
    errorHandler: (error) => answerForRouter(deps, error),
  });
  return (req, res) => {
    const requestId = randomUUID();
    const path = pathOf(req.url ?? '');
    prepare(deps, res, requestId);
    noteAnswer(deps, { req, res, path, requestId });
    const answer = async (): Promise<void> => {
      const refused = refusalOf(req);
      if (refused) return refuse(res, refused);
      await (path === '/graphql' ? deps.graphql.handle(req, res) : toRouter(req, res));
    };
    answer().catch((error: unknown) => {
      if (!noteAwayForRequests(deps.log, error)) deps.log.error({ err: error, requestId, path }, 'a request failed');
      if (res.headersSent) res.destroy();
      else if (path === '/graphql') failOperation(res, error, requestId);
      else refuse(res, { status: 500, message: numberedFault(requestId) });
    });
  };
}

/** The path of a request's target without its query; the target may be a whole address (RFC 9112, section 3.2). */
export function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

function prepare(deps: RequestDeps, res: ServerResponse, requestId: string): void {
  res.setHeader('X-Request-Id', requestId);
  for (const [name, value] of securityHeaders) res.setHeader(name, value);
  if (deps.httpsOnly) res.setHeader('Strict-Transport-Security', 'max-age=31536000');
}

type Asked = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  readonly requestId: string;
};

/** Writes the line of the log: never a header, a body or a query, which may hold what nobody else should read. */
function noteAnswer(deps: RequestDeps, { req, res, path, requestId }: Asked): void {
  const started = performance.now();
  const noteError = (err: Error): void => deps.log.debug({ err, requestId }, 'a connection broke off');
  req.on('error', noteError);
  res.on('error', noteError);
  res.on('close', () => {
    const ms = Math.round(performance.now() - started);
    const method = req.method ?? '';
    const line = { method, path, status: res.statusCode, ms, requestId, whole: res.writableFinished };
    if (quietPath.test(path)) deps.log.debug(line, 'answered');
    else deps.log.info(line, 'answered');
    if (path !== '/graphql') return;
    deps.metrics.requestAnswered({ method, route: path, status: res.statusCode, seconds: ms / 1000 });
  });
}

type SentRefusal = {
  readonly status: number;
  readonly message: string;
  readonly allow?: string;
  readonly close?: true;
};

/** Said with status 400 of a request with several Host headers (RFC 9112, section 3.2). */
export const severalHosts = 'The request has more than one Host header; send one.';

/** Whoever stands before us may go by another of them than we. Node.js keeps only the first, but for the raw list. */
export function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

function refusalOf(req: IncomingMessage): SentRefusal | undefined {
  if (hasSeveralHosts(req)) return { status: 400, message: severalHosts, close: true };
  const allow = 'GET, HEAD, POST, OPTIONS';
  // The REST door knows no such method either, and says so in its own form.
  if (req.method === 'TRACE' && !req.url?.startsWith('/v1/'))
    return { status: 405, message: 'TRACE is not answered here.', allow };
  if (req.url === '*') {
    return req.method === 'OPTIONS'
      ? { status: 200, message: 'See the header Allow.', allow }
      : { status: 400, message: 'Only OPTIONS may be asked of *.' };
  }
  if (/^(?:\/|https?:\/\/)/i.test(req.url ?? '')) return undefined;
  return { status: 400, message: 'The target of a request must be a path that begins with a slash.' };
}

function refuse(res: ServerResponse, { status, message, allow, close }: SentRefusal): void {
  res.statusCode = status;
  if (close) res.setHeader('Connection', 'close');
  if (allow !== undefined) res.setHeader('Allow', allow);
  res.setHeader('Content-Type', 'application/json');
  const code = status < 400 ? {} : { code: codeOf(status) };
  res.end(JSON.stringify({ status, ...code, message }));
}

/** Says in the form of GraphQL why a request to it was not even begun. */
function failOperation(res: ServerResponse, error: unknown, reference: string): void {
  const extensions = { code: codeOf(500), reference };
  if (error instanceof DatabaseUnavailable) answerUnavailable(res, databaseAway);
  else sendJson(res, 500, { errors: [{ message: ourFault, extensions }] });
}

/** Answers an operation for which there is no database, or no gateway yet, in the form of GraphQL. */
export function answerUnavailable(res: ServerResponse, { message, ...extensions }: typeof databaseAway): void {
  res.setHeader('Retry-After', extensions.retryAfterSeconds);
  sendJson(res, 503, { errors: [{ message, extensions }] });
}

function sendJson(res: ServerResponse, status: number, body: object): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.end(JSON.stringify(body));
}

/** What the router could not even be asked, because it makes no valid request, or did not catch itself. */
function answerForRouter(deps: RequestDeps, error: unknown): Response {
  const bad = error instanceof RequestError;
  if (!bad) deps.log.error({ err: error }, 'a request failed outside of its route');
  const [status, message] = bad
    ? [400, 'The address or the Host header of this request cannot be read.']
    : [500, 'Something went wrong on our side.'];
  return Response.json({ status, code: codeOf(status), message }, { status });
}
