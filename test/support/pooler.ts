import { type AddressInfo, createServer, type Socket } from 'node:net';
import pg from 'pg';

/** What PgBouncer does in its modes of these names. */
export type PoolMode = 'session' | 'transaction' | 'statement';
export type Pooler = { readonly url: string; close(): Promise<void> };

/** The settings that PgBouncer takes for the beginning of a session; it refuses all others. */
const parametersTaken =
  /^(?:user|database|client_encoding|application_name|datestyle|timezone|standard_conforming_strings)$/i;
const sslRequest = 80_877_103;
/** Whom a client is said to have for its server process: nobody. */
const nobody = 0x7fff_0000;

/** A pooler before a database that does to sessions what PgBouncer does, as far as clients can tell. */
export async function openPooler(databaseUrl: string, mode: PoolMode): Promise<Pooler> {
  const idle: pg.Client[] = [];
  const open = new Set<{ destroy(): unknown }>();
  const takeSession = async (): Promise<pg.Client> => {
    const known = idle.pop();
    if (known) return known;
    const session = new pg.Client({ connectionString: databaseUrl });
    session.on('error', () => undefined);
    await session.connect();
    // From here on others read and write.
    session.connection.stream.removeAllListeners('data');
    open.add(session.connection.stream);
    return session;
  };
  const server = createServer((client) => {
    open.add(client.on('error', () => undefined));
    greet(client, () => relay(client, { mode, takeSession, giveBack: (session) => idle.push(session) }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    close: async () => {
      for (const each of open) each.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function greet(client: Socket, onReady: () => void): void {
  client.once('data', (first: Buffer) => {
    if (first.readInt32BE(4) === sslRequest) {
      client.write('N');
      greet(client, onReady);
      return;
    }
    const names = first
      .toString('latin1', 8)
      .split('\0')
      .filter((_, index) => index % 2 === 0);
    const refused = names.find((name) => name !== '' && !parametersTaken.test(name));
    if (refused !== undefined) return void client.end(fatal(`unsupported startup parameter: ${refused}`));
    const [authenticationOk, key] = [Buffer.alloc(4), Buffer.alloc(8)];
    key.writeInt32BE(nobody);
    onReady();
    client.write(Buffer.concat([message('R', authenticationOk), message('K', key), message('Z', Buffer.from('I'))]));
  });
}

type Sessions = {
  readonly mode: PoolMode;
  readonly takeSession: () => Promise<pg.Client>;
  readonly giveBack: (session: pg.Client) => void;
};

/** Has a client speak with a session: the same one until it leaves, or another one from each transaction to the next. */
function relay(client: Socket, { mode, takeSession, giveBack }: Sessions): void {
  let session: Promise<pg.Client> | undefined;
  const begin = async (): Promise<pg.Client> => {
    const taken = await takeSession();
    taken.connection.stream.on('data', (answer: Buffer) => {
      // ReadyForQuery, with the state of the transaction, is the last message of an answer.
      const isReady = answer.toString('latin1', answer.length - 6, answer.length - 1) === 'Z\0\0\0\x05';
      const isOver = isReady && answer.at(-1) === 'I'.charCodeAt(0);
      const isRefused = isReady && !isOver && mode === 'statement';
      if (isRefused) client.end(fatal('transaction blocks not allowed in statement pooling mode'));
      else client.write(answer);
      if (mode === 'session' || !(isOver || isRefused)) return;
      taken.connection.stream.removeAllListeners('data');
      session = undefined;
      if (isOver) giveBack(taken);
    });
    return taken;
  };
  client.on('data', (asked: Buffer) => {
    session ??= begin();
    void session.then((taken) => taken.connection.stream.write(asked));
  });
}

function fatal(words: string): Buffer {
  return message('E', Buffer.from(`${['SFATAL', 'C08P01', `M${words}`, ''].join('\0')}\0`));
}

function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
