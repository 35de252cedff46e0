// A shop of one page. Start the gateway (`npm start`), then this (`node docs/example-shop.mjs`), and open its address. What it is told:
// BRAMKA_URL, BRAMKA_API_KEY and BRAMKA_SHOP_ID, or nothing: then it takes them from .bramka/demo.json; PORT, 3000 if left out.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { BramkaError, createClient } from '@bramka/client';

const demo = existsSync('.bramka/demo.json') ? JSON.parse(readFileSync('.bramka/demo.json', 'utf8')) : {};
const { BRAMKA_URL: url = demo.graphqlUrl, BRAMKA_API_KEY: apiKey = demo.apiKey } = process.env;
const { BRAMKA_SHOP_ID: shopId = demo.shopId, PORT: port = '3000', BOOKS: file = 'example-shop.json' } = process.env;
const client = createClient({ url, apiKey });
const price = { amount: 4_900, currency: 'PLN' }; // 49.00 zł

// The books of the shop: its orders, and the last event that is in them. Both go into one file at once, as they would go into one
// transaction of a database, so that no event is missed and none counts twice, whatever dies in between.
const books = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { orders: {}, cursor: undefined };
function save() {
  writeFileSync(`${file}.new`, JSON.stringify(books));
  renameSync(`${file}.new`, file);
}

async function buy(home) {
  const id = randomUUID();
  books.orders[id] = { status: 'NEW' };
  save();
  const { payment } = await client.createPayment({
    shopId,
    // The key is the order's: however often this is sent, the order has one payment.
    idempotencyKey: id,
    orderId: id,
    ...price,
    title: 'One teapot',
    customer: { firstName: 'Jan', lastName: 'Nowak' },
    returnUrl: home,
  });
  return payment.url;
}

async function giveBack(id) {
  const { transactionId, refunded } = books.orders[id] ?? {};
  if (!transactionId) throw new BramkaError('NOT_FOUND', 'There is no paid order with this number.');
  const amount = price.amount - refunded;
  await client.createRefund({ transactionId, idempotencyKey: `refund-${id}-${refunded}`, amount });
}

/** Money of a payer who paid twice (surplus), as at a bank that he had left, or not the price, goes back to him: once, by its key. */
async function takeMoney(order, { id, surplus, amount }) {
  if (!surplus && amount.amount === price.amount && amount.currency === price.currency)
    return Object.assign(order, { status: 'PAID', transactionId: id, refunded: 0 });
  const byHand = ({ message }) => console.error(`Give ${id} back by hand: ${message}`);
  await client
    .createRefund({ transactionId: id, idempotencyKey: `surplus-${id}`, amount: amount.amount })
    .catch(byHand);
}

/** The books follow the events of the shop, for ever: this is the only place where an order is paid or refunded. */
async function keepBooks(signal) {
  const onRetry = ({ message }, pauseMs) => console.error(`${message} Again in ${Math.round(pauseMs)} ms.`);
  // Books without a cursor begin with the first event there is, since an order may have been paid before the shop knew where "now" was.
  for await (const event of client.events({ shopId, after: books.cursor, from: 'start', signal, onRetry })) {
    const { id, payment } = event.refund?.transaction ?? event.transaction ?? {};
    const order = books.orders[payment?.orderId];
    if (order && event.type === 'TRANSACTION_SETTLED') await takeMoney(order, event.transaction);
    // A refund may be of a part, and of money that never was the order's.
    if (event.type === 'REFUND_SETTLED' && order?.transactionId === id) order.refunded += event.refund.amount.amount;
    if (order?.refunded >= price.amount) order.status = 'REFUNDED';
    books.cursor = event.cursor;
    save();
  }
}

function page() {
  const row = ([id, { status }]) =>
    `<li>${id}: ${status}${status === 'PAID' ? ` <button name="refund" value="${id}">Give the money back</button>` : ''}</li>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Teapots</title><h1>Teapots</h1>
<form method="post"><button name="buy" value="1">Buy a teapot for 49.00 zł</button><ul>${Object.entries(books.orders).map(row).join('')}</ul></form>`;
}

const server = createServer(async (request, response) => {
  const home = `http://${request.headers.host}/`;
  try {
    const form = new URLSearchParams(await text(request));
    if (request.method !== 'POST') return response.setHeader('content-type', 'text/html').end(page());
    if (form.has('refund')) await giveBack(form.get('refund'));
    response.writeHead(303, { location: form.has('buy') ? await buy(home) : home }).end();
  } catch (error) {
    const refusal = error instanceof BramkaError && `${error.message} (${error.code})`;
    response.writeHead(refusal ? 422 : 500).end(refusal || 'Something went wrong.');
  }
});
server.listen(Number(port), '127.0.0.1', () =>
  console.log(`The shop is at http://127.0.0.1:${server.address().port}/`),
);

const ending = new AbortController();
process.once('SIGTERM', () => ending.abort());
await keepBooks(ending.signal);
server.close();
