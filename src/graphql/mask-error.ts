import { randomUUID } from 'node:crypto';
import { PothosValidationError } from '@pothos/core';
import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import { databaseAway, noteAwayForRequests } from '../http/unavailable.ts';
import { ourFault } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { operationNotFound } from './guard-operations.ts';
import { hideInError } from './hide-in-error.ts';
import { refusalIn, toGraphQLError } from './refusal.ts';

/** Gives what a client may see of an error, and the same again when that is given to it. */
export type ErrorMask = (error: unknown) => GraphQLError;

/** Codes of what is no affair of the caller, and is counted: HTTP may say 200 of it. */
const failures = new Set<unknown>(['INTERNAL_SERVER_ERROR', 'UNAVAILABLE', 'TIMEOUT']);

/** Makes the mask that all transports share. */
export function createErrorMask(log: Log, metrics: Pick<Metrics, 'operationFailed'>): ErrorMask {
  // Yoga masks once more what the engine or a subscription was refused with; that would lose fields, and log faults twice.
  const given = new WeakSet<GraphQLError>();
  return (error) => {
    if (error instanceof GraphQLError && given.has(error)) return error;
    const masked = hideInError(mask(error, log));
    const { code } = masked.extensions;
    if (failures.has(code)) metrics.operationFailed(String(code));
    given.add(masked);
    return masked;
  };
}

/**
 * What a client may see of an error: refusals and mistakes of the document as they are, and that the database is away;
 * anything else is our bug, so it gets a reference by which the log can be searched, and no more.
 */
function mask(error: unknown, log: Log): GraphQLError {
  const refusal = refusalIn(error);
  const located = error instanceof GraphQLError ? error : undefined;
  const place = {
    ...(located?.nodes ? { nodes: located.nodes } : {}),
    ...(located?.path ? { path: located.path } : {}),
  };
  if (refusal) {
    const { message, extensions } = toGraphQLError(refusal);
    return new GraphQLError(message, { extensions, ...place });
  }
  const cause = located?.originalError ?? error;
  if (noteAwayForRequests(log, cause)) {
    return new GraphQLError(databaseAway.message, { ...place, extensions: extensionsOf(databaseAway) });
  }
  if (cause instanceof PothosValidationError) {
    const message = `The arguments of this list do not go together: ${cause.message}.`;
    return new GraphQLError(message, { extensions: { code: 'INVALID_INPUT' }, ...place });
  }
  if (located && isOfCaller(located)) return inCallersWords(located);
  const reference = randomUUID();
  log.error({ err: cause, reference, path: located?.path }, 'an operation failed');
  return new GraphQLError(ourFault, {
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', reference },
  });
}

/** With the status of the whole answer, though other parts of it may be good: whoever goes by that comes again. */
function extensionsOf({ code, retryAfterSeconds }: typeof databaseAway): GraphQLErrorExtensions {
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return { code, retryAfterSeconds, http: { status: 503, headers } };
}

/**
 * Whether an error is about what the caller sent: graphql-js made it of the document or of the variables. What it makes of
 * a value that a resolver gave has a path, and an origin without a place in the document.
 */
function isOfCaller({ originalError, path }: GraphQLError): boolean {
  if (!originalError) return true;
  if (!(originalError instanceof GraphQLError)) return false;
  return (path === undefined || originalError.nodes !== undefined) && isOfCaller(originalError);
}

/**
 * The error without what it was made of, which may hold anything that was sent. For yoga that thing is also the sign that
 * the request was no JSON, whose status is 400 whatever the client accepts.
 */
function inCallersWords(error: GraphQLError): GraphQLError {
  const { code = 'INVALID_INPUT', field, http, originalError } = error.extensions;
  const status = typeof http === 'object' ? { http: originalError ? { ...http, spec: false } : http } : {};
  const { nodes = null, source = null, positions = null, path = null } = error;
  // Yoga's own words say nothing of what to do.
  const { message } = code === operationNotFound().extensions.code ? operationNotFound() : error;
  const extensions = { code, ...(field === undefined ? {} : { field }), ...status };
  return new GraphQLError(message, { extensions, nodes, source, positions, path });
}
