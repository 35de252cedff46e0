import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWebAddress } from '../../../src/imoje/form/contact-rules.ts';
import { endpoints } from '../../../src/imoje/rest/endpoints.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { type ApiDocument, ajvOf, checkAnswer, isAsIn } from './check-answer.ts';

let gateway: TestGateway;
let document: ApiDocument;

beforeAll(async () => {
  gateway = await startTestGateway();
  document = (await (await fetch(`${gateway.url}/v1/openapi.json`)).json()) as ApiDocument;
});
afterAll(() => gateway.stop());

type Content = { readonly 'application/json': { readonly schema: object; readonly example?: object } };
type Described = {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly 200: { readonly content: Content } };
};
const operations = (): Described[] =>
  Object.values(document.paths).flatMap((path) => Object.values(path) as unknown as Described[]);

describe('The OpenAPI document', () => {
  it('is valid OpenAPI 3.1, is served to anybody, and points at nothing that it lacks', async () => {
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
    const text = JSON.stringify(document);
    const { schemas } = (document as unknown as { components: { schemas: object } }).components;
    const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);
    expect(refs.length).toBeGreaterThan(endpoints.length);
    expect(refs.filter((name) => !Object.hasOwn(schemas, name))).toEqual([]);
    expect(text.match(/"\$ref":"(?!#\/components)/)).toBeNull();
  });

  it('has every endpoint, each by a name of its own', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const ours = endpoints.map(
      ({ method, path }) => `${method} /v1/merchant/{merchantId}${path.replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    expect(described.toSorted()).toEqual(ours.toSorted());
    expect(new Set(operations().map(({ operationId }) => operationId)).size).toBe(endpoints.length);
  });

  it('has examples that are as it describes', () => {
    const ajv = ajvOf(document);
    const wrong = operations().flatMap(({ operationId, requestBody, responses }) =>
      [requestBody?.content, responses[200].content].flatMap((content) => {
        if (content === undefined) return [];
        const { schema, example } = content['application/json'];
        const { $ref } = schema as { readonly $ref: string };
        const good = example !== undefined && isAsIn(ajv, `door${$ref}`, example);
        return good ? [] : [`${operationId}: ${ajv.errorsText()}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('knows the bodies by the rules that they are read by', () => {
    const ajv = ajvOf(document);
    const body = operations().find(({ operationId }) => operationId === 'createTransaction')?.requestBody;
    const { example } = body?.content['application/json'] ?? {};
    const good = (changes: object): boolean =>
      isAsIn(ajv, 'door#/components/schemas/CreateTransactionBody', { ...example, ...changes });
    expect(good({})).toBe(true);
    const wrong = [
      ...[{ amount: 0 }, { amount: '1' }, { orderId: 'a;b' }, { blikCode: '1' }, { clientIp: 'x' }],
      ...[{ customer: {} }, { billing: { countryCodeAlpha2: 'POL' } }, { multipayout: [{ ban: '1' }] }],
    ];
    expect(wrong.filter(good)).toEqual([]);
  });
});

describe('The bodies in the OpenAPI document', () => {
  const bodyOf = (operationId: string) => {
    const body = operations().find((operation) => operation.operationId === operationId)?.requestBody;
    const { example, schema } = body?.content['application/json'] ?? {};
    const { $ref = '' } = (schema ?? {}) as { readonly $ref?: string };
    const ajv = ajvOf(document);
    return (changes: object): boolean => isAsIn(ajv, `door${$ref}`, { ...example, ...changes });
  };

  it('have patterns that other languages read: no classes by property, no escapes by number of four digits', () => {
    const patterns = [...JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '']) => JSON.parse(text) as string,
    );
    expect(patterns.length).toBeGreaterThan(20);
    expect(patterns.filter((pattern) => /\\[pPuk]|\(\?[=!<]/.test(pattern))).toEqual([]);
    expect(patterns.filter((pattern) => !pattern.isWellFormed() || pattern.includes('\0'))).toEqual([]);
  });

  it('take null and empty texts where a field may be missing, and empty arrays where an object may', () => {
    const good = bodyOf('createTransaction');
    const none = [{ title: null }, { title: '' }, { validTo: null }, { notificationUrl: '' }, { multipayout: null }];
    const objects = [
      { billing: [] },
      { shipping: {} },
      { billing: null },
      { wallet: [] },
      { invoice: [] },
      { cart: {} },
    ];
    const deep = [{ billing: { city: '' } }, { customer: { firstName: 'A', lastName: 'B', email: '', phone: null } }];
    expect([...none, ...objects, ...deep].filter((changes) => !good(changes))).toEqual([]);
    expect([{ orderId: '' }, { amount: null }, { customer: [] }, { title: [] }].filter(good)).toEqual([]);
  });

  it('know the words of visibleMethod, and no addresses that the door refuses', () => {
    const good = bodyOf('createPayment');
    expect(good({ visibleMethod: ['ing', 'pbl', 'lease'] })).toBe(true);
    expect(good({ visibleMethod: ['gold'] })).toBe(false);
    const addresses = [
      ...['https://shop.example/ok?a=1&b=2', 'HTTP://shop.example', 'http://127.0.0.1:8080/n', 'http://[::1]:80/#x'],
      ...['https://shop.example?x', 'https://shop.example:443', `https://a.example/${'x'.repeat(282)}`],
      ...[
        'ftp://shop.example/',
        'javascript:alert(1)',
        'shop.example',
        'https://',
        'https://shop.example./',
        'https:///x',
      ],
      ...[
        'https://user@shop.example/',
        'https://shop.example/ł',
        'https://shop.example/a b',
        'https://shop.example/\\x',
      ],
      ...['https://shop.example/"', 'https://shop.example.:80/', `https://a.example/${'x'.repeat(283)}`],
    ];
    expect(addresses.filter((returnUrl) => good({ returnUrl }))).toEqual(addresses.filter(isWebAddress));
  });
});

describe('The check of answers in these tests', () => {
  it('finds a key too many, a status and a code that are not documented', async () => {
    const error = (code: string) => ({ apiErrorResponse: { code, message: '', instance: null, errors: [] } });
    const check = (status: number, body: unknown) => checkAnswer(gateway, 'GET /services', { status, body });
    await check(200, []);
    await check(403, error('REQ-ERROR-100403'));
    await expect(check(200, [{ service: {}, more: 1 }])).rejects.toThrow('additional properties');
    await expect(check(201, [])).rejects.toThrow('not documented');
    await expect(check(403, error('TRX-ERROR-120202'))).rejects.toThrow('allowed values');
  });
});
