// node:http alone: what is asked for payments gets rows of one statement, all that makes one gets the same, and anything else
// one and the same answer.
import { createServer } from 'node:http';
import pg from 'pg';
import { connectionsMax, ready } from './common.mjs';
import { listPayments } from './statements.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: connectionsMax });
const fixed = JSON.stringify({ data: { viewer: { merchant: { id: 'abcdefghijklmnopqrst' } } } });

/** As long as the gateway's answer, and as what it writes one of is made: once. */
const created = JSON.stringify({
  data: {
    createPayment: {
      ...{ __typename: 'CreatePaymentSuccess', replayed: false },
      payment: {
        ...{ id: '019ad0b5-0000-7000-8000-000000000000', orderId: 'ORD/2026-0001', title: 'Order 2026-0001' },
        ...{ status: 'NEW', amount: { amount: 1234, currency: 'PLN' }, methods: ['BLIK', 'CARD'], locale: null },
        url: 'http://127.0.0.1:40000/pay/019ad0b5-0000-7000-8000-000000000000',
        ...{ validUntil: '2028-02-29T00:00:00.000Z', createdAt: '2026-11-29T00:00:00.000Z' },
      },
    },
  },
});

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const { query, variables } = JSON.parse(Buffer.concat(parts).toString());
  let body = fixed;
  if (query.includes('createPayment')) body = created;
  if (query.includes('payments(')) {
    const { rows } = await pool.query(listPayments(variables.shopId, 50));
    body = JSON.stringify({ data: { payments: rows } });
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
});
server.listen(0, '127.0.0.1', () => {
  ready(server.address().port, async () => {
    server.closeAllConnections();
    server.close();
    await pool.end();
  });
});
