import { randomBytes, randomUUID } from 'node:crypto';
import { sealGooglePay } from '../../src/cards/seal-google-pay.ts';
import type { Demo } from '../../src/demo.ts';
import { formSchema } from '../../src/imoje/form/form-schema.ts';
import { pictureVersion } from '../../src/paywall/picture-addresses.ts';
import { packed } from '../imoje/form/good-form.ts';
import { signed } from '../imoje/form/sign-by-hand.ts';
import type { SentNumbers } from './sent-numbers.ts';

/** One request that carries card numbers, and the route of the router that it is meant for. */
export type Door = {
  /** As the router writes it: `POST /payment`. */
  readonly route: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
};

export type DoorWorld = {
  readonly numbers: SentNumbers;
  readonly demo: Pick<Demo, 'merchantId' | 'shopId' | 'serviceKey' | 'restToken'>;
  /** A payment that can be paid. */
  readonly paymentId: string;
  /** One that a card widget opened. */
  readonly widgetPaymentId: string;
  /** The name of a payment link for several payers. */
  readonly short: string;
  /** What good calls of the REST door name. */
  readonly stored: { readonly profileId?: string; readonly cardId?: string; readonly transactionId?: string };
};

const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' };
const json = { 'content-type': 'application/json' };

/** Requests for every route that is no GraphQL; a new route fails the story until it has its line here. */
export function doorsOf(world: DoorWorld): Door[] {
  const { numbers, paymentId, widgetPaymentId } = world;
  const at = doorsAt(numbers);
  const encoded = (): string => encodeURIComponent(numbers.written());
  const attempt = randomBytes(16).toString('base64url');
  return [
    ...at('GET /health/live', '/health/live'),
    ...at('GET /health/ready', '/health/ready'),
    ...at('GET /metrics', '/metrics'),
    ...['/openapi.json', '/docs', '/docs/start.js', '/docs/viewer.js', '/docs/viewer.css'].flatMap((path) =>
      at(`GET /v1${path}`, `/v1${path}`),
    ),
    ...at('GET /pay/:id', `/pay/${numbers.next()}`),
    ...at('GET /pay/:id', `/pay/${encoded()}`, { headers: { accept: 'text/html' } }),
    ...at('GET /pay/:id', `/pay/${paymentId}?stay=${encoded()}`, { headers: { accept: 'text/html' } }),
    ...at('ALL /pay/:id', `/pay/${numbers.next()}`),
    ...at('POST /pay/:id/blik', `/pay/${numbers.next()}/blik`, posted({ code: numbers.next() })),
    ...at('POST /pay/:id/blik', `/pay/${paymentId}/blik`, posted({ attempt, code: numbers.written() })),
    ...at(
      'POST /pay/:id/blik',
      `/pay/${paymentId}/blik`,
      posted({ attempt: `${numbers.next()}abcdef`, code: '777123' }),
    ),
    ...at(
      'POST /pay/:id/blik',
      `/pay/${paymentId}/blik`,
      posted({ attempt, code: '777 12', [numbers.next()]: numbers.next() }),
    ),
    ...at('ALL /pay/:id/blik', `/pay/${numbers.next()}/blik`),
    ...methodDoors(world),
    ...linkDoors(world),
    ...at('GET /pay/:id/events', `/pay/${numbers.next()}/events`),
    ...at('GET /pay/:id/events', `/pay/${paymentId}/events`, { headers: { 'last-event-id': numbers.next() } }),
    ...at('ALL /pay/:id/events', `/pay/${numbers.next()}/events`),
    ...at('POST /acquirers/:name/notifications', `/acquirers/${numbers.next()}/notifications`, {
      body: numbers.next(),
    }),
    ...at('POST /acquirers/:name/notifications', '/acquirers/sandbox-blik/notifications', {
      headers: { ...json, 'x-sandbox-signature': numbers.next() },
      body: JSON.stringify({ reference: numbers.next(), about: 'transaction', answer: { kind: numbers.written() } }),
    }),
    ...at('ALL /acquirers/:name/notifications', `/acquirers/${numbers.next()}/notifications`),
    ...at('GET /pay/:id/widget', `/pay/${numbers.next()}/widget`),
    ...at('GET /pay/:id/widget', `/pay/${widgetPaymentId}/widget?stay=${encoded()}`),
    ...at('ALL /pay/:id/widget', `/pay/${numbers.next()}/widget`),
    ...at('GET /pay/:id/widget/leave', `/pay/${numbers.next()}/widget/leave`),
    ...at('GET /pay/:id/widget/leave', `/pay/${widgetPaymentId}/widget/leave?stay=${encoded()}`),
    ...at('ALL /pay/:id/widget/leave', `/pay/${numbers.next()}/widget/leave`),
    ...['/js/widget.min.js', '/js/installments.js', '/widget/installments'].flatMap((path) => [
      ...at(`GET ${path}`, `${path}?a=${numbers.next()}`),
      ...at(`ALL ${path}`, `${path}?a=${numbers.next()}`),
    ]),
    ...['GET', 'ALL'].flatMap((method) => [
      ...at(`${method} /pictures/:version/:kind/:file`, `/pictures/${numbers.next()}/channels/ipko.png`),
      ...at(`${method} /pictures/:version/:kind/:file`, `/pictures/${pictureVersion}/channels/${numbers.next()}`),
      ...at(`${method} /pictures/:version/:kind/:file`, `/pictures/${pictureVersion}/channels/ipko.png`),
    ]),
    ...at('ALL /widget', `/widget?a=${numbers.next()}`),
    ...['', '/'].flatMap((slash) => [
      ...at(`ALL /payment${slash}`, `/payment${slash}?orderId=${numbers.next()}`),
      ...at(`ALL /:lang/payment${slash}`, `/pl/payment${slash}?orderId=${numbers.next()}`),
      ...at(`GET /:lang/payment${slash}`, `/${numbers.next()}/payment${slash}`),
      ...at(`POST /:lang/payment${slash}`, `/${encoded()}/payment${slash}`, { headers: form, body: '' }),
    ]),
    ...at('GET /reports/:id', `/reports/${numbers.next()}?expires=${numbers.next()}&signature=${encoded()}`),
    ...at('GET /reports/:id', `/reports/${paymentId}?expires=${numbers.next()}&signature=${'A'.repeat(43)}`),
    ...at('ALL /reports/:id', `/reports/${numbers.next()}`),
    ...at('ALL /*', `/${numbers.next()}`),
    ...at(
      'ALL /*',
      `/${encoded()}/${[...Buffer.from(numbers.next())].map((byte) => `%${byte.toString(16)}`).join('')}`,
    ),
    ...formDoors(world),
    ...restDoors(world),
  ];
}

/** One route with and without a number in the language that is asked for, and in the headers. */
function doorsAt(numbers: SentNumbers) {
  return (route: string, path: string, more: Omit<Door, 'route' | 'path'> = {}): Door[] => [
    { route, path, ...more },
    { route, path: `${path}${path.includes('?') ? '&' : '?'}lang=${numbers.next()}`, ...more },
    { route, path, ...more, headers: { ...numbersInHeaders(numbers), ...more.headers } },
  ];
}

function posted(fields: Record<string, string>): Pick<Door, 'headers' | 'body'> {
  return { headers: form, body: new URLSearchParams(fields).toString() };
}

/** The forms for cards, banks and wallets, and the pages that belong to them: the one place where a number is wanted, too. */
function methodDoors({ numbers, paymentId, widgetPaymentId, demo }: DoorWorld): Door[] {
  const at = doorsAt(numbers);
  const attempt = (): string => randomBytes(16).toString('base64url');
  const good = { number: '4111111111111111', expiry: '12/29', cvv: '123', name: 'Jan Kowalski' };
  const cards: Record<string, string>[] = [
    { ...good, number: numbers.next() },
    { ...good, number: numbers.written() },
    { ...good, number: `${numbers.next()}0` },
    { ...good, number: numbers.next(), cvv: '' },
    { ...good, expiry: numbers.next() },
    { ...good, cvv: numbers.next() },
    { ...good, name: numbers.written() },
    { ...good, [numbers.next()]: numbers.next() },
  ];
  const expiry = { month: 12, year: 2029 };
  const inWallet = { number: numbers.next(), merchantId: demo.merchantId, expiresAt: new Date('2029-12-31'), expiry };
  const token = sealGooglePay(inWallet);
  const reference = randomUUID();
  return [
    ...at('GET /pay/:id/other', `/pay/${numbers.next()}/other`),
    ...at('GET /pay/:id/other', `/pay/${paymentId}/other?stay=${numbers.next()}`),
    ...at('ALL /pay/:id/other', `/pay/${numbers.next()}/other`),
    ...cards.flatMap((card) => [
      ...at('POST /pay/:id/card', `/pay/${paymentId}/card`, posted({ attempt: attempt(), ...card })),
      ...at('POST /pay/:id/widget', `/pay/${widgetPaymentId}/widget`, posted({ attempt: attempt(), ...card })),
    ]),
    ...at('POST /pay/:id/card', `/pay/${numbers.next()}/card`, posted({ attempt: numbers.next(), ...good })),
    ...at('ALL /pay/:id/card', `/pay/${numbers.next()}/card`),
    ...['bank', 'pay-later', 'instalments', 'lease', 'transfer'].flatMap((way) => [
      ...at(
        `POST /pay/:id/${way}`,
        `/pay/${paymentId}/${way}`,
        posted({ attempt: attempt(), channel: numbers.next() }),
      ),
      ...at(`ALL /pay/:id/${way}`, `/pay/${numbers.next()}/${way}`),
    ]),
    ...at('GET /pay/:id/wallet', `/pay/${paymentId}/wallet?channel=${numbers.next()}`),
    ...at('GET /pay/:id/wallet', `/pay/${paymentId}/wallet?channel=gpay&supersede=${numbers.next()}`),
    ...[token, token.slice(0, -9), JSON.stringify({ pan: numbers.next() }), numbers.next()].flatMap((sent) =>
      at(
        'POST /pay/:id/wallet',
        `/pay/${paymentId}/wallet`,
        posted({ attempt: attempt(), channel: 'gpay', token: sent }),
      ),
    ),
    ...at('ALL /pay/:id/wallet', `/pay/${numbers.next()}/wallet`),
    ...at('GET /sandbox/:reference', `/sandbox/${numbers.next()}`),
    ...at('GET /sandbox/:reference', `/sandbox/${reference}?lang=${numbers.next()}`),
    ...at('POST /sandbox/:reference', `/sandbox/${numbers.next()}`, posted({ decision: numbers.next() })),
    ...at('ALL /sandbox/:reference', `/sandbox/${numbers.next()}`),
  ];
}

/** The pages of payment links, with a number in each field of their form. */
function linkDoors({ numbers, short }: DoorWorld): Door[] {
  const at = doorsAt(numbers);
  const payer: Record<string, string> = { firstName: 'Jan', lastName: 'Kowalski', email: 'jan@shop.example' };
  const forms: Record<string, string>[] = [
    ...Object.keys(payer).map((name) => ({ ...payer, [name]: numbers.written() })),
    { ...payer, email: `${numbers.next()}@shop.example` },
    { ...payer, [numbers.next()]: numbers.next() },
  ];
  return [
    ...at('GET /s/:short', `/s/${numbers.next()}`),
    ...at('GET /s/:short', `/s/${short}?stay=${numbers.next()}`),
    ...forms.flatMap((fields) =>
      at('POST /s/:short', `/s/${short}`, posted({ ...fields, nonce: randomBytes(16).toString('base64url') })),
    ),
    ...at('POST /s/:short', `/s/${short}`, posted({ ...payer, nonce: `${numbers.next()}abcdef` })),
    ...at('ALL /s/:short', `/s/${numbers.next()}`),
    ...at('GET /s/:short/qr.svg', `/s/${numbers.next()}/qr.svg`),
    ...at('ALL /s/:short/qr.svg', `/s/${numbers.next()}/qr.svg`),
  ];
}

/** The imoje form, signed as its shop signs it, with a number in one field after the other. */
function formDoors({ numbers, demo }: DoorWorld): Door[] {
  const usual = {
    ...{ serviceId: demo.shopId, merchantId: demo.merchantId, amount: '1234', currency: 'PLN', orderId: 'ORD/1' },
    ...{ customerFirstName: 'Jan', customerLastName: 'Kowalski' },
  };
  const names = { 'billing[firstName]': 'Jan', 'billing[lastName]': 'Kowalski' };
  const recipient = { 'multipayout[0][ban]': '72105000028166973380325415', 'multipayout[0][amount]': '1' };
  const flat = Object.keys(formSchema.shape).filter((name) => !['billing', 'shipping', 'multipayout'].includes(name));
  const inner = [
    'firstName',
    'lastName',
    'company',
    'street',
    'city',
    'region',
    'postalCode',
    'countryCodeAlpha2',
    'taxId',
  ];
  const forms: Record<string, string>[] = [
    ...flat.flatMap((name) => [{ [name]: numbers.next() }, { [name]: numbers.written() }]),
    ...flat
      .filter((name) => name.startsWith('url'))
      .map((name) => ({ [name]: `https://a.example/?c=${encodeURIComponent(numbers.written())}` })),
    ...inner.map((name) => ({ ...names, [`billing[${name}]`]: numbers.written() })),
    ...['label', 'title', 'ban', 'amount'].map((name) => ({
      ...recipient,
      [`multipayout[0][${name}]`]: numbers.written(),
    })),
    ...['cart', 'cartData', 'invoice'].map((name) => ({ [name]: packed({ items: [{ name: numbers.written() }] }) })),
    { cart: packed({ [numbers.next()]: Number(numbers.next()) }) },
    { customerEmail: `${numbers.next()}@shop.example`, note: numbers.next() },
    { [numbers.next()]: '1', [`billing[${numbers.next()}]`]: '1', [`multipayout[${numbers.next()}][ban]`]: '1' },
  ];
  return forms.flatMap((changes) => {
    const fields = signed({ ...usual, ...changes }, demo.serviceKey);
    const body = new URLSearchParams(fields).toString();
    const unsigned = new URLSearchParams({ ...fields, signature: numbers.next() }).toString();
    return [
      { route: 'POST /payment', path: '/payment', headers: form, body },
      { route: 'GET /payment', path: `/payment?${body}` },
      { route: 'POST /payment/', path: '/payment/', headers: form, body },
      { route: 'GET /payment/', path: `/payment/?${body}` },
      { route: 'POST /:lang/payment', path: '/en/payment', headers: form, body: unsigned },
      { route: 'POST /widget', path: '/widget?lang=en', headers: form, body },
      { route: 'GET /widget/installments', path: `/widget/installments?${body}` },
    ];
  });
}

/** The REST door, with a number in each place of a path and in each field of a body. */
function restDoors({ numbers, demo, paymentId, stored }: DoorWorld): Door[] {
  const base = `/v1/merchant/${demo.merchantId}`;
  const headers = { ...json, authorization: `Bearer ${demo.restToken}` };
  const at = (route: string, path: string, body?: object): Door[] =>
    [headers, { ...headers, ...numbersInHeaders(numbers) }].map((sent) => {
      const [method = '', pattern = ''] = route.split(' ');
      const door = { route: `${method} /v1/merchant/:merchantId${pattern}`, path: `${base}${path}`, headers: sent };
      return method === 'GET' ? door : { ...door, body: JSON.stringify(body) };
    });
  const customer = { firstName: 'Jan', lastName: 'Kowalski', email: 'jan@shop.example' };
  const usual = { serviceId: demo.shopId, amount: 1234, currency: 'PLN', orderId: 'ORD/1', customer };
  const sale = { ...usual, type: 'sale', paymentMethod: 'pbl', paymentMethodCode: 'ipko' };
  const texts = ['serviceId', 'orderId', 'currency', 'title', 'additionalDescription', 'notificationUrl', 'returnUrl'];
  const groups = ['billing', 'shipping', 'invoice', 'cart', 'wallet', 'card'];
  const changes = (): object[] => [
    ...[...texts, 'type', 'paymentMethod', 'blikCode', 'clientIp'].map((name) => ({ [name]: numbers.written() })),
    ...Object.keys({ ...customer, phone: '', cid: '', company: '', locale: '' }).map((name) => ({
      customer: { ...customer, [name]: numbers.next() },
    })),
    ...groups.map((name) => ({
      [name]: { firstName: numbers.written(), number: numbers.next(), [numbers.next()]: 1 },
    })),
    { amount: Number(numbers.next()), validTo: Number(numbers.next()), [numbers.next()]: Number(numbers.next()) },
    { multipayout: [{ ban: numbers.next(), amount: 1, label: numbers.next(), title: numbers.written() }] },
    { cart: { items: [Number(numbers.next())] } },
  ];
  const movements = ['capture', 'void', 'refund', 'can-refund'] as const;
  // A wrong id is refused before all else: these are good, so that the rest is read.
  const ofAlias = { blikProfileId: stored.profileId, clientIp: '192.0.2.7' };
  const { customer: _, ...charge } = usual;
  return [
    { route: 'ALL /v1/*', path: `/v1/${numbers.next()}`, headers },
    { route: 'ALL /v1/*', path: '/v1/x', headers: { authorization: `Bearer ${numbers.next()}` } },
    { route: 'POST /v1/merchant/:merchantId/transaction', path: `${base}/transaction`, headers, body: numbers.next() },
    ...changes().flatMap((change) => at('POST /transaction', '/transaction', { ...sale, ...change })),
    ...changes().flatMap((change) => at('POST /payment', '/payment', { ...usual, ...change })),
    ...at('POST /transaction/profile', '/transaction/profile', { ...usual, paymentProfileId: numbers.next() }),
    ...at('GET /profile/id/:paymentProfileId', `/profile/id/${numbers.next()}`),
    ...at('GET /profile/cid/:cid', `/profile/cid/${numbers.next()}`),
    ...at('DELETE /profile/id/:paymentProfileId', `/profile/id/${numbers.next()}`),
    ...at('POST /profile/deactivate', '/profile/deactivate', { paymentProfileId: numbers.next() }),
    ...at(
      'GET /profile/service/:serviceId/cid/:cid/blik',
      `/profile/service/${demo.shopId}/cid/${numbers.next()}/blik`,
    ),
    ...at('POST /transaction/profile/blik', '/transaction/profile/blik', {
      ...{ ...usual, blikProfileId: numbers.next(), blikKey: numbers.next(), blikCode: numbers.next() },
    }),
    ...['blikKey', 'orderId', 'title', 'blikCode', 'clientIp'].flatMap((name) =>
      at('POST /transaction/profile/blik', '/transaction/profile/blik', {
        ...{ ...charge, ...ofAlias, [name]: numbers.written() },
      }),
    ),
    ...['orderId', 'title', 'notificationUrl', 'invoice', 'data'].flatMap((name) =>
      at('POST /transaction/profile', '/transaction/profile', {
        ...{ ...charge, paymentProfileId: stored.cardId, [name]: numbers.written() },
      }),
    ),
    ...[numbers.next(), stored.profileId].flatMap((blikProfileId) =>
      at('POST /profile/deactivate/blik', '/profile/deactivate/blik', { blikProfileId, blikKey: numbers.next() }),
    ),
    ...at('POST /transaction/:transactionId/refund', `/transaction/${stored.transactionId}/refund`, {
      ...{ type: 'refund', serviceId: demo.shopId, amount: 1, title: numbers.next() },
    }),
    ...at('POST /payment/cancel', '/payment/cancel', { serviceId: numbers.next(), paymentId: numbers.next() }),
    ...at('GET /payment/:paymentId', `/payment/${numbers.next()}`),
    ...at('GET /payment/:paymentId', `/payment/${paymentId}`),
    ...at('GET /transaction/:transactionId', `/transaction/${numbers.next()}`),
    ...movements.flatMap((verb) =>
      at(`POST /transaction/:transactionId/${verb}`, `/transaction/${numbers.next()}/${verb}`, {
        ...{ type: 'refund', serviceId: demo.shopId, amount: 1, title: numbers.next() },
      }),
    ),
    ...at('GET /service/:serviceId', `/service/${numbers.next()}`),
    ...at('GET /services', `/services?a=${numbers.next()}`),
    ...at('POST /service/:serviceId/get-payment-methods', `/service/${demo.shopId}/get-payment-methods`, {
      ...{ amount: 1, currency: numbers.next(), locale: numbers.next(), device: numbers.next() },
    }),
    ...at('GET /settings/ips', `/settings/ips?a=${numbers.next()}`),
    ...at('PUT /settings/ips', '/settings/ips', { trustedIps: [numbers.next()] }),
    ...at('PUT /settings/ips', '/settings/ips', { trustedIps: numbers.next(), [numbers.next()]: 1 }),
  ];
}

/** Headers that programs read, log or copy, each with a number of its own. */
export function numbersInHeaders(numbers: SentNumbers): Record<string, string> {
  const names = [
    ...['user-agent', 'referer', 'cookie', 'accept-language', 'x-forwarded-for', 'x-request-id', 'traceparent'],
    ...['idempotency-key', 'if-none-match', 'from', 'x-card'],
  ];
  return Object.fromEntries(names.map((name) => [name, numbers.next()]));
}

/** Bytes that make no good request, or ask for what HTTP servers rarely do. */
export function rawRequests(numbers: SentNumbers): string[] {
  const end = '\r\nHost: a\r\nConnection: close\r\n\r\n';
  return [
    `GET ${numbers.next()} HTTP/1.1${end}`,
    `GET /\\${numbers.next()} HTTP/1.1${end}`,
    `CARD${numbers.next()} / HTTP/1.1${end}`,
    `GET /pay HTTP/${numbers.next()}${end}`,
    `CONNECT ${numbers.next()}:443 HTTP/1.1${end}`,
    `TRACE /${numbers.next()} HTTP/1.1${end}`,
    `GET https://${numbers.next()}.example/pay HTTP/1.1${end}`,
    `GET / HTTP/1.1\r\nHost: ${numbers.next()}\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: a b ${numbers.next()}\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: a\r\nX-${numbers.next()}: 1\r\n${numbers.next()}\r\n\r\n`,
    `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${numbers.next()}\r\n\r\n{`,
    `POST /payment HTTP/1.1\r\nHost: a\r\nContent-Length: ${numbers.next()}\r\n\r\n`,
    `GET /${numbers.next()} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    `GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${numbers.next()}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${numbers.next()}\r\n\r\n`,
  ];
}
