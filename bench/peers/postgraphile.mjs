// PostGraphile: the mutation is a function of the database, the list is what it makes of the tables.
import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { connectionsMax, ready } from './common.mjs';
import { insertPayment } from './statements.mjs';

const connectionString = process.env.DATABASE_URL;

/** The same statement as a function, which PostGraphile shows as the mutation `benchCreatePayment`. */
async function makeFunction() {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const types = 'uuid uuid text bytea bigint currency text text text text text text timestamptz timestamptz'.split(' ');
  const names = 'id shop_id key hash amount currency order_id title first_name last_name email return_url until at';
  const parameters = names.split(' ').map((name, index) => `"${name}_" ${types[index]}`);
  const { text } = insertPayment({});
  await client.query(`create or replace function bench_create_payment(${parameters.join()}) returns payment
    language sql volatile as $do$ ${text}; select * from payment where id = $1 $do$`);
  await client.end();
}

await makeFunction();
const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString, schemas: ['public'], poolConfig: { max: connectionsMax } })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, websockets: false },
  grafast: { explain: false },
});
const serv = pgl.createServ(grafserv);
const server = createServer();
await serv.addTo(server);
await pgl.getSchema();
server.listen(0, '127.0.0.1', () => {
  ready(server.address().port, async () => {
    server.close();
    await pgl.release();
  });
});
