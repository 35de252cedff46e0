// PostGraphile: mutations are functions of the database, what is read is what it makes of the tables.
import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { jsonParse } from 'postgraphile/@dataplan/json';
import { makePgService } from 'postgraphile/adaptors/pg';
import { context, lambda, listen, sideEffect } from 'postgraphile/grafast';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { extendSchema, wrapPlans } from 'postgraphile/utils';
import { connectionsMax, ready, settleSoon } from './common.mjs';
import { cursorOf, topicOf } from './follow-events.mjs';
import { insertPayment, settleTransaction, startTransaction } from './statements.mjs';

const connectionString = process.env.DATABASE_URL;

/** The same statements as functions, which PostGraphile shows as mutations: `benchCreatePayment`, `benchStartTransaction`. */
async function makeFunctions() {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const types = 'uuid uuid text bytea bigint currency text text text text text text timestamptz timestamptz'.split(' ');
  const names = 'id shop_id key hash amount currency order_id title first_name last_name email return_url until at';
  const parameters = names.split(' ').map((name, index) => `"${name}_" ${types[index]}`);
  const { text } = insertPayment({});
  await client.query(`create or replace function bench_create_payment(${parameters.join()}) returns payment
    language sql volatile as $do$ ${text}; select * from payment where id = $1 $do$`);
  await client.query(`create or replace function bench_start_transaction(payment_id_ uuid, key_ text) returns transaction
    language sql volatile as $do$ ${startTransaction().text}; select * from transaction where payment_id = $1 $do$`);
  await client.end();
}

await makeFunctions();
const pool = new pg.Pool({ connectionString, max: connectionsMax });
/** What the acquirer says is written by the same connections, beside GraphQL. */
const settling = wrapPlans({
  Mutation: {
    benchStartTransaction: (plan) => {
      const $payload = plan();
      sideEffect($payload.get('result').get('id'), (id) => settleSoon(() => pool.query(settleTransaction(id))));
      return $payload;
    },
  },
});

/** The trigger of `notify-events.sql` says where the row is, and each subscriber's plan reads it. */
const subscription = extendSchema(({ pgResources }) => ({
  typeDefs: `
    type ShopEvent { cursor: String! number: Int! type: EventType! at: Datetime! }
    extend type Subscription { events(shopId: ID!): ShopEvent! }`,
  objects: {
    Subscription: {
      plans: {
        events: {
          subscribePlan: (_, { $shopId }) => listen(context().get('pgSubscriber'), lambda($shopId, topicOf), jsonParse),
          plan: ($place) =>
            pgResources.event.get({
              shop_id: $place.get('shop_id'),
              number: $place.get('number'),
              at: $place.get('at'),
            }),
        },
      },
    },
    ShopEvent: { plans: { cursor: ($event) => lambda($event.get('number'), cursorOf) } },
  },
}));

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [settling, subscription],
  // It knows an index by the columns of a relation alone, and would leave a payment's transactions out.
  disablePlugins: ['PgIndexBehaviorsPlugin'],
  pgServices: [makePgService({ pool, schemas: ['public'], pubsub: true })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, websockets: true },
  grafast: { explain: false },
});
const serv = pgl.createServ(grafserv);
const server = createServer();
await serv.addTo(server);
await pgl.getSchema();
server.listen(0, '127.0.0.1', () => {
  ready(server.address().port, async () => {
    server.close();
    // It keeps hold of a connection to listen on, so the end of the pool would be waited for in vain.
    await pgl.release();
  });
});
