import { join } from 'node:path';
import pg from 'pg';
import { dayOf, midnight } from '../src/calendar/model.ts';
import { askList, askListOfPostgraphile } from './ask-list.ts';
import { type Contestant, runContest } from './contest.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { type Options, readOptions } from './options.ts';
import { type Bench, runBench } from './run-bench.ts';
import { seedSales } from './seed-sales.ts';
import { type Seeded, seedShops } from './seed-shops.ts';
import { sendLoad } from './send-load.ts';
import { startGatewayProcess } from './start-gateway-process.ts';
import { installPeers, type Peer, startPeer } from './start-peer.ts';

const shops = 10;
const sales = 20_000;

const settled = '"status":"SETTLED"';
const nothing = JSON.stringify({ query: '{ __typename }' });
const trivial = JSON.stringify({ query: '{ viewer { merchant { id } } }' });
const statusQuery = 'query($id: ID!) { payment(id: $id) { id status amount { amount currency } settledAt } }';
const postgraphileQuery = 'query($id: UUID!) { paymentByRowId(rowId: $id) { rowId status amount currency settledAt } }';

await runBench(async (bench) => {
  const options = readOptions(process.argv.slice(2), { rounds: 5, seconds: 3, connections: 16, shops: [shops] });
  await installPeers();
  console.log(`Reads through GraphQL, against peers and against node:http\n
${await describeMachine(bench)}
Gateway    one process as npm start runs it, in production mode with BRAMKA_ROLE=api; ${options.connections} keep-alive connections
Rows       ${sales} settled payments of ${shops} shops, each with its transaction; all read the same database
plain      node:http with a fixed answer; for the list, one statement and its rows as JSON
Rounds     ${options.rounds} of ${options.seconds} s each, alternating, after three of each that do not count
All share the cores: only the ratios (the gateway's to each) mean something.`);
  const seeded = await seedShops(bench, { database: 'reads', shops, mode: 'live' });
  const yesterday = midnight(dayOf(new Date()).subtract({ days: 1 }));
  await seedSales(seeded.url, { sales, at: yesterday, iban: 'PL61109010140000071219812874' });
  const gateway = await enterGateway(bench, { options, seeded });
  const plain = await enterPeer(bench, { options, seeded, peer: 'plain' });
  const mercurius = await enterPeer(bench, { options, seeded, peer: 'mercurius' });
  const apollo = await enterPeer(bench, { options, seeded, peer: 'apollo' });
  const postgraphile = await enterPeer(bench, { options, seeded, peer: 'postgraphile' });

  console.log('\nA query with a key that asks for no row, answers a second');
  await runContest([gateway(nothing, '"Query"'), plain(trivial, '"id":"')], options.rounds);

  console.log('\nA query with a key that asks for one row, answers a second');
  await runContest([gateway(trivial, '"id":"'), plain(trivial, '"id":"')], options.rounds);

  console.log('\nThe status of one payment, answers a second');
  const variables = { id: await firstPayment(seeded.url) };
  const status = JSON.stringify({ query: statusQuery, variables });
  const asStatus = [gateway, mercurius, apollo].map((enter) => enter(status, settled));
  const statusOfPostgraphile = postgraphile(JSON.stringify({ query: postgraphileQuery, variables }), settled);
  await runContest([...asStatus, statusOfPostgraphile, plain(status, '"id":"')], options.rounds);

  console.log('\n50 payments with shop and last transaction, answers a second');
  const shop = seeded.shopIds.slice(0, 1);
  const list = askList(shop);
  const asLists = [gateway, plain, mercurius, apollo].map((enter) => enter(list, settled));
  const listOfPostgraphile = postgraphile(askListOfPostgraphile(shop), settled);
  await runContest([...asLists, listOfPostgraphile], options.rounds);
  console.log(`\nLoad at the end: ${describeLoad()}`);
});

type Wish = { readonly options: Options; readonly seeded: Seeded };

/** Makes a contestant of a server: it is asked the same again and again, and each answer must hold a text. */
type Enter = (body: string, expected: string) => Contestant;

function entering(name: string, url: string, { options, seeded }: Wish): Enter {
  return (body, expected) => ({
    name,
    run: () =>
      sendLoad({ url, apiKey: seeded.apiKey }, options, () => (answer) => {
        if (answer?.includes(expected) === false) throw new Error(`${name} answered ${answer.slice(0, 500)}`);
        return body;
      }),
  });
}

async function enterGateway(bench: Bench, wish: Wish): Promise<Enter> {
  const running = await startGatewayProcess({
    DATABASE_URL: wish.seeded.url,
    BRAMKA_MODE: 'production',
    BRAMKA_ROLE: 'api',
    BRAMKA_DATA_DIR: join(bench.folder, 'gateway-reads'),
  });
  bench.later(running.stop);
  return entering('gateway', running.url, wish);
}

async function enterPeer(bench: Bench, wish: Wish & { readonly peer: Peer | 'plain' }): Promise<Enter> {
  const running = await startPeer(wish.peer, wish.seeded.url);
  bench.later(running.stop);
  return entering(wish.peer, running.url, wish);
}

async function firstPayment(url: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ id: string }>('select id from payment order by id limit 1');
  await client.end();
  return rows[0]?.id ?? '';
}
