import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { notReached } from '../../../src/kernel/db/not-reached.ts';
import { requireDatabase } from '../../../src/kernel/db/require-database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openPooler } from '../../support/pooler.ts';
import { type SpokenTls, speakTls } from '../../support/speak-tls.ts';

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

it.each(['LATIN2', 'SQL_ASCII'])(
  'refuses one with the encoding %s, before anything is made in it',
  async (encoding) => {
    const client = new pg.Client({ connectionString: home.url });
    await client.connect();
    const name = `${client.database}_${encoding.toLowerCase()}`;
    await client.query(
      `create database ${name} template template0 encoding '${encoding}' locale_provider libc locale 'C'`,
    );
    const url = Object.assign(new URL(home.url), { pathname: name }).href;
    await expect(requireDatabase(url, { writes: true, durable: false })).rejects.toThrow(
      `The encoding of the database is ${encoding}, and text is in UTF8; take a database`,
    );
    await client.query(`drop database ${name} with (force)`);
    await client.end();
  },
);

it('refuses one in which tables have no place, as search_path names no schema that is there', async () => {
  const url = new URL(home.url);
  url.searchParams.set('options', '-c search_path=nowhere');
  await expect(requireDatabase(url.href, { writes: true, durable: false })).rejects.toThrow(
    'The database has none of the schemas that search_path names',
  );
});

it.each(['transaction', 'statement'] as const)(
  'refuses a pooler that gives each %s another session, also to who comes again',
  async (mode) => {
    const pooler = await openPooler(home.url, mode);
    for (const _ of [1, 2]) {
      await expect(requireDatabase(pooler.url, { writes: true, durable: false })).rejects.toThrow(
        /^The database is reached through a pooler that gives each transaction another session .* set pool_mode = session there, or/,
      );
    }
    await pooler.close();
  },
);

it('takes a pooler that leaves everybody a session of his own, and a server that takes one connection only', async () => {
  const pooler = await openPooler(home.url, 'session');
  const wish = { writes: true, durable: false };
  const { connectionsMax } = await requireDatabase(home.url, wish);
  expect(await requireDatabase(pooler.url, wish)).toEqual({ connectionsMax });
  const client = new pg.Client({ connectionString: home.url });
  await client.connect();
  // A superuser has connections beyond the limit of a database, but not beyond that of a role without rights.
  const role = `lonely_${client.database}`;
  await client.query(`create role ${role} login password 'x' connection limit 1`);
  const url = new URL(home.url);
  Object.assign(url, { username: role, password: 'x' });
  expect(await requireDatabase(url.href, wish)).toEqual({ connectionsMax: 1 });
  await client.query(`drop role ${role}`);
  await client.end();
  await pooler.close();
});

describe('A server that speaks TLS with a certificate of its own', () => {
  let tls: SpokenTls;
  const warnings: Error[] = [];
  const note = (warning: Error): unknown => warnings.push(warning);

  beforeAll(async () => {
    tls = await speakTls(home.url);
    process.on('warning', note);
  });
  afterAll(async () => {
    process.off('warning', note);
    await tls.stop();
  });

  /** The address of the database as the gateway takes it from its settings. */
  function over(parameters: Record<string, string>): string {
    const url = new URL(home.url);
    url.hostname = 'localhost';
    url.search = new URLSearchParams(parameters).toString();
    return readConfig({ DATABASE_URL: url.href }).databaseUrl ?? '';
  }
  const wish = { writes: true, durable: false };

  it.each(['prefer', 'require', 'verify-ca', 'verify-full'])(
    'is refused with sslmode=%s in one line that says what to do, and without a warning beside it',
    async (sslmode) => {
      await expect(requireDatabase(over({ sslmode }), wish)).rejects.toThrow(
        /^The certificate of the database is signed by none that is trusted here \(DEPTH_ZERO_SELF_SIGNED_CERT\); name the file of its CA by sslrootcert=\/path\/ca\.crt in DATABASE_URL, or set sslmode=no-verify, which encrypts and believes any certificate\.$/,
      );
      expect(warnings).toEqual([]);
    },
  );

  it.each([
    ['a mode that looks at no certificate', () => ({ sslmode: 'no-verify' })],
    ['its CA', () => ({ sslmode: 'require', sslrootcert: tls.certificate })],
    ['the modes of libpq', () => ({ sslmode: 'require', uselibpqcompat: 'true' })],
  ])('is used with %s, and encrypted', async (_, parameters) => {
    const url = over(parameters());
    await requireDatabase(url, wish);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    await client.end();
    expect(rows).toEqual([{ ssl: true }]);
    expect(warnings).toEqual([]);
  });

  it('is not asked when the file of its CA cannot be read', async () => {
    await expect(requireDatabase(over({ sslmode: 'require', sslrootcert: '/none/ca.crt' }), wish)).rejects.toThrow(
      /^A file that DATABASE_URL names by sslrootcert, sslcert or sslkey cannot be read \(ENOENT\)\.$/,
    );
  });

  it.each([
    ['ERR_TLS_CERT_ALTNAME_INVALID', /^The certificate of the database is for another host .* write the host/],
    ['CERT_HAS_EXPIRED', /^The certificate of the database is not valid today .* renew it/],
  ])('is refused for other faults of its certificate with what to do: %s', (code, line) => {
    expect(notReached(Object.assign(new Error('x'), { code })).message).toMatch(line);
  });
});

it('A server that may want TLS is refused with what to do, where none is asked for', () => {
  const words = 'no pg_hba.conf entry for host "10.0.0.1", user "u", database "d", no encryption';
  const refusal = Object.assign(new pg.DatabaseError(words, 1, 'error'), { code: '28000' });
  expect(notReached(refusal).message).toBe(
    'The database does not let this role in from here without TLS, or not at all (its pg_hba.conf has no entry); add ' +
      'sslmode=verify-full to DATABASE_URL, with sslrootcert=/path/ca.crt if its CA is one of your own, or have the entry made.',
  );
});

it('A server that speaks no TLS is refused with what to do, where TLS is asked for', async () => {
  const url = new URL(home.url);
  url.searchParams.set('sslmode', 'verify-full');
  await expect(requireDatabase(url.href, { writes: true, durable: false })).rejects.toThrow(
    /^The database speaks no TLS; switch it on there \(ssl = on\), or set sslmode=disable in DATABASE_URL\.$/,
  );
});
