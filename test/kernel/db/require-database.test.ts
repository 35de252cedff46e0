import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requireDatabase } from '../../../src/kernel/db/require-database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let home: TestDatabase;
const sockets = new Set<Socket>();
/** How often PostgreSQL still says that it is starting up. */
let startsUp = 0;
const server = createServer((client) => {
  hold(client).once('data', (greeting) => {
    if (startsUp > 0) {
      startsUp -= 1;
      client.end(startingUp());
      return;
    }
    const real = hold(connect(Number(new URL(home.url).port), '127.0.0.1'));
    real.write(greeting);
    client.pipe(real).pipe(client);
  });
});

beforeAll(async () => {
  home = await createTestDatabase();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterAll(async () => {
  const closed = new Promise((done) => server.close(done));
  for (const socket of sockets) socket.destroy();
  await closed;
  await home.drop();
});

function hold(socket: Socket): Socket {
  sockets.add(socket);
  return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
}

/** What PostgreSQL answers while it replays its log after a crash. */
function startingUp(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C57P03', 'Mthe database system is starting up', ''].join('\0');
  const body = Buffer.from(`${fields}\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function address(): string {
  const url = new URL(home.url);
  url.port = String((server.address() as AddressInfo).port);
  return url.href;
}

it('waits for a PostgreSQL that is starting up', async () => {
  startsUp = 3;
  await requireDatabase(address(), { writes: true, durable: false });
  expect(startsUp).toBe(0);
});

it('shows nothing of an address that the server repeats', async () => {
  const url = new URL(home.url);
  url.pathname = '/w:rd@127.0.0.1/bramka';
  const refusal = requireDatabase(url.href, { writes: true, durable: false });
  await expect(refusal).rejects.toThrow(/^The database cannot be reached \(database … does not exist\); check/);
});

it('gives up one that is still starting up when its time is over, and says so', async () => {
  startsUp = Number.POSITIVE_INFINITY;
  await expect(requireDatabase(address(), { writes: true, durable: false, readyWithinMs: 300 })).rejects.toThrow(
    /cannot be reached \(the database system is starting up\); check DATABASE_URL, and/,
  );
});

it('refuses one that takes no writes, whatever else it would be asked for, but not to who only reads', async () => {
  const url = new URL(home.url);
  url.searchParams.set('options', '-c default_transaction_read_only=on');
  for (const durable of [true, false]) {
    await expect(requireDatabase(url.href, { writes: true, durable })).rejects.toThrow(
      /^The database takes no writes \(it is a replica, or default_transaction_read_only is on\); set DATABASE_URL to one/,
    );
  }
  await requireDatabase(url.href, { writes: false, durable: false });
});
