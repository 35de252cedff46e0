import { z } from 'zod';
import { type RefusalCode, refusalCodes } from '../../kernel/errors.ts';
import { wireErrorFor, wireErrors } from './answer-error.ts';
import { type Endpoint, endpointSections } from './endpoint.ts';
import { noBody } from './fields.ts';
import { sharedSchemas } from './wire-schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/** Where the endpoints are, as OpenAPI writes paths. */
export const describedBase = '/v1/merchant/{merchantId}';

/** Any call may be refused for these. */
const alwaysPossible: readonly RefusalCode[] = [
  ...(['INVALID_INPUT', 'NOT_FOUND', 'FORBIDDEN', 'UNAUTHENTICATED', 'RATE_LIMITED', 'UNAVAILABLE'] as const),
];

const about = `Calls as imoje's REST API has them. Success is exactly 200. Fields that are not known are passed over; null and an
empty text in an optional field mean that it is missing, and so do an empty array and an empty object in an optional object. An answer has no other keys than those described here.`;

/**
 * Describes the REST door as an OpenAPI 3.1 document, out of the schemas that read its bodies, those that its answers are
 * tested against, and the table of its errors.
 * @param publicUrl where the gateway is reached, without a slash at the end.
 */
export function describeDoor(endpoints: readonly Endpoint[], publicUrl: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    const path = `${describedBase}${endpoint.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [endpoint.method]: operationOf(endpoint) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Bramka: the REST door for imoje clients', version: '1', description: about },
    servers: [{ url: publicUrl }],
    security: [{ token: [] }],
    tags: Object.entries(endpointSections).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of the merchant: 64 letters and digits.' },
      },
      schemas: schemasOf(endpoints),
    },
  };
}

function operationOf({ method, path, body, about: facts }: Endpoint): Json {
  const { operationId, section, summary, example } = facts;
  return {
    operationId,
    tags: [section],
    summary,
    parameters: parametersOf(method, path),
    ...(body === noBody
      ? {}
      : { requestBody: { required: true, content: json(refTo(bodyName(operationId)), example.body) } }),
    responses: {
      200: { description: 'Done.', content: json(refTo(answerName(operationId)), example.answer) },
      ...errorsOf(method, facts.refuses),
    },
  };
}

function parametersOf(method: Endpoint['method'], path: string): readonly Json[] {
  const inPath = ['merchantId', ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => name)];
  const parameters = inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  if (method === 'get') return parameters;
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'The same call again under the same key gives what it gave first; without it every call is new.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  };
  return [...parameters, key];
}

/** The errors that can come, by status, each with the codes that it can carry. */
function errorsOf(method: Endpoint['method'], refuses: readonly RefusalCode[]): Record<string, Json> {
  const possible = [...alwaysPossible, ...refuses].map((code) => ({ ...wireErrorFor(code), why: refusalCodes[code] }));
  const notJson = { ...wireErrors.notJson, why: 'The body is no JSON object.' };
  const coded = { ...wireErrors.coded, why: 'The body is compressed.' };
  const failure = { ...wireErrors.failure, why: 'Something went wrong on our side; the message has its number.' };
  const all = [...(method === 'get' ? [] : [notJson, coded]), ...possible, failure];
  const statuses = Map.groupBy(all, ({ status }) => String(status));
  return Object.fromEntries([...statuses].map(([status, errors]) => [status, errorResponse(status, errors)]));
}

function errorResponse(status: string, errors: readonly { readonly code: string; readonly why: string }[]): Json {
  const codes = { type: 'object', properties: { code: { enum: errors.map(({ code }) => code) } } };
  const retryAfter = { description: 'Seconds to wait.', schema: { type: 'integer' } };
  return {
    description: errors.map(({ code, why }) => `\`${code}\`: ${why}`).join('\n\n'),
    ...(['429', '503'].includes(status) ? { headers: { 'Retry-After': retryAfter } } : {}),
    ...(status === '415' ? { headers: { 'Accept-Encoding': { schema: { const: 'identity' } } } } : {}),
    content: json({ allOf: [refTo('Error'), { type: 'object', properties: { apiErrorResponse: codes } }] }),
  };
}

/** What every refusal answers (imoje protocol, section 5.0). */
const errorAnswer = z.strictObject({
  apiErrorResponse: z.strictObject({
    code: z.string().regex(/^[A-Z]+-ERROR-[0-9]{6}$/),
    message: z.string(),
    instance: z.unknown().meta({ description: 'What was sent, without card data; null when it could not be read.' }),
    errors: z.array(z.strictObject({ path: z.string(), rule: z.string(), message: z.string() })),
  }),
});

function schemasOf(endpoints: readonly Endpoint[]): Json {
  const bodies = endpoints.flatMap(({ body, about: { operationId } }) =>
    body === noBody ? [] : [[bodyName(operationId), body] as const],
  );
  const shared = Object.entries({ ...sharedSchemas, Error: errorAnswer });
  // A registry names a schema once: an answer that is a shared one is written as a reference to it.
  const answers = endpoints.map(
    ({ about: { operationId, answers: schema } }) => [answerName(operationId), z.lazy(() => schema)] as const,
  );
  const read = Object.entries(written(bodies, 'input')).map(([name, schema]) => [name, withEmpty(schema)] as const);
  return { ...Object.fromEntries(read), ...written([...shared, ...answers], 'output') };
}

/** Writes into the schema of a body what stands for a field that is missing (`withoutEmpty`). */
function withEmpty(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withEmpty);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, withEmpty(part)]));
  const { properties, required = [] } = inner as { properties?: Json; required?: readonly string[] };
  if (properties === undefined) return inner;
  const fields = Object.entries(properties).map(([name, field]) => {
    const { type } = field as { readonly type?: string };
    const nothing = type === 'object' ? [null, '', [], {}] : [null, ''];
    return [name, required.includes(name) ? field : { anyOf: [field, { enum: nothing }] }];
  });
  return { ...inner, properties: Object.fromEntries(fields) };
}

function written(schemas: readonly (readonly [string, z.ZodType])[], io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of schemas) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { io, uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([name, { $schema: _dialect, $id: _address, ...schema }]) => [name, schema]),
  );
}

const bodyName = (operationId: string): string => `${capital(operationId)}Body`;
const answerName = (operationId: string): string => `${capital(operationId)}Answer`;

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function refTo(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function json(schema: Json, example?: object): Json {
  return { 'application/json': { schema, ...(example === undefined ? {} : { example }) } };
}
