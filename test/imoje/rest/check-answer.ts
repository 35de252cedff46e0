import { Ajv2020 } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import type { TestGateway } from '../../support/gateway.ts';
import { strangeWords } from './check-words.ts';

type Operation = { readonly operationId: string; readonly responses: Readonly<Record<string, unknown>> };

/** An OpenAPI document as far as the tests look into it. */
export type ApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
};

type Checked = { readonly document: ApiDocument; readonly ajv: Ajv2020 };
const served = new Map<string, Promise<Checked>>();
/** By their text but for the address in it: every gateway serves the same, and to compile a schema takes longer than most tests. */
const known = new Map<string, Checked>();

async function fetchDocument(url: string): Promise<Checked> {
  const text = await (await fetch(`${url}/v1/openapi.json`)).text();
  const anywhere = text.replaceAll(url, '');
  const document = JSON.parse(text) as ApiDocument;
  const checked = known.get(anywhere) ?? { document, ajv: ajvOf(document) };
  known.set(anywhere, checked);
  return checked;
}

/** Knows the schemas of a document by their place in it: `door#/components/schemas/Sale`. */
export function ajvOf(document: object): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.addSchema({ ...document, $id: 'door' }, 'door', false, false);
}

/** Says whether something is as a schema of the document demands. @param ref the schema's place, as `ajvOf` knows it. */
export function isAsIn(ajv: Ajv2020, ref: string, value: unknown): boolean {
  const validate = ajv.getSchema(ref);
  if (validate === undefined) throw new Error(`The document has nothing at ${ref}.`);
  const good = validate(value) === true;
  ajv.errors = validate.errors ?? null;
  return good;
}

/**
 * Holds an answer of the REST door against the OpenAPI document that the same gateway serves.
 * @param request as a test writes it: `GET /transaction/1234`, below the merchant's path.
 */
export async function checkAnswer(
  { url }: Pick<TestGateway, 'url'>,
  request: string,
  answer: { readonly status: number; readonly body: unknown },
): Promise<void> {
  const checked = served.get(url) ?? fetchDocument(url);
  served.set(url, checked);
  const { document, ajv } = await checked;
  const ref = placeOf(document, request, answer.status);
  if (!isAsIn(ajv, ref, answer.body)) {
    throw new Error(`${request}: ${answer.status} is not as described at ${ref}: ${ajv.errorsText()}`);
  }
  if (answer.status === 200) return;
  const strange = strangeWords(answer.body, namesOf(document, request));
  if (strange.length > 0) {
    throw new Error(
      `${request}: the refusal has words that are unknown here: ${strange.join(', ')}: ${JSON.stringify(answer.body)}`,
    );
  }
}

/** The fields that an endpoint reads, at any depth, and the parts of its path. */
function namesOf({ paths, components }: ApiDocument, request: string): ReadonlySet<string> {
  const [method = '', target = ''] = request.split(' ');
  const path = Object.keys(paths).find(
    (known) =>
      fits(known, `/v1/merchant/{merchantId}${target.replace(/\?.*$/, '')}`) && paths[known]?.[method.toLowerCase()],
  );
  const operationId = (path && paths[path]?.[method.toLowerCase()]?.operationId) ?? '';
  const body = components.schemas[`${operationId.charAt(0).toUpperCase()}${operationId.slice(1)}Body`];
  const inPath = [...(path ?? '').matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return new Set([...inPath, 'merchantId', 'Idempotency-Key', ...propertiesOf(body), ...documentParts]);
}

/** What lies in documents that are kept as they came is described nowhere. */
const documentParts = ['buyer', 'type', 'items', 'positions'];

function propertiesOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { readonly properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(propertiesOf)];
}

/** Where the document describes an answer; what is at no endpoint is refused in the common form. */
function placeOf({ paths }: ApiDocument, request: string, status: number): string {
  const [method = '', target = ''] = request.split(' ');
  const bare = target.replace(/\?.*$/, '');
  const fitting = Object.keys(paths)
    .filter((path) => fits(path, `/v1/merchant/{merchantId}${bare}`) && paths[path]?.[method.toLowerCase()])
    .toSorted((one, other) => one.split('{').length - other.split('{').length);
  const [path = ''] = fitting;
  const responses = paths[path]?.[method.toLowerCase()]?.responses;
  if (responses === undefined) {
    if (![401, 403, 404, 429].includes(status)) throw new Error(`${request}: ${status} where there is no endpoint`);
    return 'door#/components/schemas/Error';
  }
  if (responses[status] === undefined) throw new Error(`${request}: the status ${status} is not documented`);
  const steps = ['paths', path, method.toLowerCase(), 'responses', String(status)];
  const pointer = [...steps, 'content', 'application/json', 'schema']
    .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  return `door#/${pointer}`;
}

function fits(path: string, target: string): boolean {
  const [given, wanted] = [target.split('/'), path.split('/')];
  return given.length === wanted.length && wanted.every((part, at) => part === given[at] || part.startsWith('{'));
}
