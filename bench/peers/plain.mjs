// node:http alone: what is asked for payments gets rows of one statement, anything else one and the same answer.
import { createServer } from 'node:http';
import pg from 'pg';
import { connectionsMax, ready } from './common.mjs';
import { listPayments } from './statements.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: connectionsMax });
const fixed = JSON.stringify({ data: { viewer: { merchant: { id: 'abcdefghijklmnopqrst' } } } });

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const { query, variables } = JSON.parse(Buffer.concat(parts).toString());
  let body = fixed;
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
