import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Authenticator } from '../auth/authenticate-actor.ts';
import type { OperatorAuthenticator } from '../auth/authenticate-operator.ts';
import { plainHeader } from '../auth/model.ts';
import { addressOf } from '../http/client-address.ts';
import type { RequestLimits } from '../http/limit-requests.ts';
import { bodyEncoded, isEncoded } from '../http/read-body.ts';
import { hideCardNumbers } from '../kernel/card-numbers.ts';
import type { RefusalCode } from '../kernel/errors.ts';
import { acceptsAny, notAcceptable, withoutRefused } from './acceptable.ts';
import { createDirectAnswers } from './answer-directly.ts';
import type { Given, Yoga } from './create-yoga.ts';
import type { Engine } from './engine.ts';
import { badOrigin, type OriginRule } from './origin-rule.ts';
import { asksForGraphiql, createGraphiqlServer } from './serve-graphiql.ts';

/** The largest body of one request, in bytes. */
export const bodyBytesMax = 1_048_576;

/**
 * So many bytes of a body that is refused are taken in all the same, and thrown away. Closed under who still sends, a connection
 * often takes the answer with it: he sees it break, and behind a proxy an error 502.
 */
const refusedBytesMax = 67_108_864;

const jsonTypes = ['application/json', 'application/graphql+json'];

export type HttpHandler = {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Breaks off the streams that are open, so that their clients resume elsewhere. */
  drain(): void;
};

export type HttpHandlerOptions = {
  readonly yoga: Yoga;
  readonly engine: Engine;
  readonly authenticator: Authenticator;
  readonly operators: OperatorAuthenticator;
  readonly mayCall: OriginRule;
  readonly limits: RequestLimits;
  readonly trustedProxies: readonly string[];
  /** Whether browsers are shown GraphiQL. */
  readonly graphiql: boolean;
};

/**
 * Makes the handler of `/graphql` over HTTP and SSE: what is no GraphQL request, or one too many, is answered here, the
 * rest by yoga.
 */
export function createHttpHandler(options: HttpHandlerOptions): HttpHandler {
  const { yoga, engine, authenticator, operators, mayCall, limits, trustedProxies } = options;
  const answerDirectly = createDirectAnswers(engine);
  const serveGraphiql = options.graphiql ? createGraphiqlServer() : undefined;
  const responses = new Set<ServerResponse>();
  const answerByYoga = async (request: IncomingMessage, response: ServerResponse, given: Given): Promise<void> => {
    // Whoever has hung up meanwhile closes no second time.
    if (response.destroyed) return;
    responses.add(response);
    response.once('close', () => responses.delete(response));
    await yoga(request, response, given);
  };
  return {
    handle: async (request, response) => {
      const { origin } = request.headers;
      const problem = mayCall(origin)
        ? problemOf(request)
        : ({ status: 403, message: badOrigin, code: 'FORBIDDEN' } as const);
      if (problem) {
        refuse(response, problem);
        return;
      }
      if (origin !== undefined) allowOrigin(response, origin);
      if (request.method === 'OPTIONS') {
        response.writeHead(204).end();
        return;
      }
      const { accept } = request.headers;
      const authorization = plainHeader(request.headers.authorization);
      if (accept !== undefined) request.headers.accept = withoutRefused(accept);
      const actor = await authenticator.authenticate(authorization);
      const operator = actor ? undefined : await operators.authenticate(authorization);
      const holder = actor ?? operator;
      const limited = await (holder ? limits.ofKey(holder.keyId) : limits.ofAddress(request));
      if (limited) {
        response.setHeader('retry-after', limited.retryAfterSeconds);
        refuse(response, { status: 429, message: limited.message, code: limited.code });
        return;
      }
      if (serveGraphiql && asksForGraphiql(request)) return serveGraphiql(request, response);
      const address = addressOf(request, trustedProxies);
      const inAddress = request.method !== 'POST';
      const transport = { actor, operator, authorization, address, inAddress };
      if (inAddress) return answerByYoga(request, response, transport);
      const body = await readBody(request);
      if (body === undefined) return void response.destroy();
      if (typeof body !== 'string') return refuse(response, body);
      const direct = await answerDirectly({ body, accept: request.headers.accept }, transport);
      if ('body' in direct) return send(response, direct);
      // What is read already, yoga takes from there; as a stream, because it lists the keys of a text, one for each letter.
      const read = Object.assign(request, { body: Readable.from([body], { objectMode: false }) });
      await answerByYoga(read, response, { ...transport, result: direct.result });
    },
    drain: () => {
      for (const response of responses) if (isStream(response)) response.destroy();
    },
  };
}

/** Many clients accept streams with every request; only what was answered with one may be broken off. */
function isStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}

/** Why a request is not let through to GraphQL; the code is INVALID_INPUT unless it is another. */
type Problem = {
  readonly status: number;
  readonly message: string;
  readonly code?: RefusalCode | 'BAD_REQUEST';
  /** The codings of a body that are read. */
  readonly acceptEncoding?: string;
};

/** What is wrong with a body that is too long, which only one with a length says before it is all here. */
function tooLarge(length?: string): Problem {
  const butIs = length === undefined ? '' : `, not ${length}`;
  return { status: 413, message: `The body may have at most ${bodyBytesMax} bytes${butIs}.` };
}

function problemOf(request: IncomingMessage): Problem | undefined {
  const { method, headers } = request;
  if (method === 'GET' || method === 'HEAD') return problemOfAddress(request.url ?? '');
  if (method === 'OPTIONS') return undefined;
  if (method !== 'POST') return { status: 405, message: 'Send operations by POST, or queries by GET.' };
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!jsonTypes.includes(type))
    return { status: 415, message: 'Send the operation with Content-Type: application/json.' };
  if (isEncoded(headers['content-encoding'])) return { status: 415, message: bodyEncoded, acceptEncoding: 'identity' };
  const length = headers['content-length'];
  if (Number(length) > bodyBytesMax) return tooLarge(length);
  if (!acceptsAny(headers.accept)) return { status: 406, message: notAcceptable };
  return undefined;
}

/** What is no JSON in an address, yoga would take for a fault of ours. */
function problemOfAddress(address: string): Problem | undefined {
  const asked = new URLSearchParams(address.split('?').slice(1).join('?'));
  const wrong = ['variables', 'extensions'].find((name) => !isJson(asked.get(name) || '{}'));
  return wrong === undefined
    ? undefined
    : { status: 400, message: `${wrong} must be a JSON object.`, code: 'BAD_REQUEST' };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The body as text, or undefined when its sender has gone in the middle. One in chunks tells its length only as it comes. */
function readBody(request: IncomingMessage): Promise<string | Problem | undefined> {
  return new Promise((resolve) => {
    let parts: Buffer[] = [];
    let bytes = 0;
    const take = (part: Buffer): void => {
      bytes += part.length;
      if (bytes <= bodyBytesMax) return void parts.push(part);
      // The rest is for whoever refuses it.
      request.off('data', take);
      parts = [];
      resolve(tooLarge());
    };
    request.on('data', take);
    request.on('end', () => resolve((parts.length === 1 ? parts[0] : Buffer.concat(parts))?.toString('utf8')));
    request.on('close', () => resolve(undefined));
  });
}

function send(response: ServerResponse, { type, body }: { readonly type: string; readonly body: string }): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

function refuse(response: ServerResponse, problem: Problem): void {
  const { status, message, code = 'INVALID_INPUT', acceptEncoding } = problem;
  if (acceptEncoding !== undefined) response.setHeader('accept-encoding', acceptEncoding);
  const body = JSON.stringify({ errors: [{ message: hideCardNumbers(message), extensions: { code } }] });
  const type = 'application/json; charset=utf-8';
  const isEndless = Number(response.req.headers['content-length']) > refusedBytesMax;
  if (isEndless) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).write(body);
  if (isEndless) response.end();
  // The answer is out; its end may close the connection.
  else takeIn(response.req, () => response.end());
}

/** Throws away what is left of a body; one in chunks, whose length nobody has told, is broken off where it is too long. */
function takeIn(request: IncomingMessage, onEnd: () => void): void {
  if (request.readableEnded) {
    onEnd();
    return;
  }
  let taken = 0;
  request.once('end', onEnd).on('data', (part: Buffer) => {
    taken += part.length;
    if (taken > refusedBytesMax) request.destroy();
  });
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-headers', 'authorization, content-type, last-event-id');
  response.setHeader('access-control-allow-methods', 'GET, POST');
  // Pages could not read it otherwise, and would come again too soon.
  response.setHeader('access-control-expose-headers', 'retry-after');
  response.setHeader('access-control-max-age', '600');
  response.setHeader('vary', 'Origin');
}
