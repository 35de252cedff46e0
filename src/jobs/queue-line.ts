import { EventEmitter } from 'node:events';
import pg from 'pg';
import { type Database, orUnavailable } from '../kernel/db/database.ts';
import { endClient } from '../kernel/db/end-client.ts';
import type { Log } from '../kernel/log.ts';
import { giveSign, holdLine } from './sql/hold-line.ts';
import { startLoop } from './start-loop.ts';

/** The one connection on which all queues of a process show that they are alive, and hear of new jobs. */
export type QueueLine = {
  /**
   * Shows all other workers that this worker pool is alive, by a lock that Postgres drops when this process dies, or has not
   * been heard of for a time. When the connection is lost, another one takes its place; until then jobs of the pool may run
   * twice. @returns what ends it.
   */
  show(poolId: string): () => void;
  /** Has `ear` told what the queues' tables announce; what is announced without a connection is not heard. @returns what ends it. */
  hear(ear: (message: pg.Notification) => void): () => void;
  close(): Promise<void>;
};

/**
 * How many signs of life may fit into the time after which a worker that gives none is lost. A lost connection is made again
 * with the next one, which has to come before others have looked twice for lost jobs.
 */
const signsMax = 10;

/** Opens the line, which stays there until it is closed: `query_timeout` is how long it may be silent. */
export function openQueueLine(database: Pick<Database, 'url' | 'limits'>, log: Log): QueueLine {
  const ears = new Set<(message: pg.Notification) => void>();
  const shown = new Set<string>();
  const speaker = createSpeaker(database, (message) => {
    for (const ear of ears) ear(message);
  });
  let turn: Promise<void> = Promise.resolve();

  /** One after the other: what the connection speaks for is known only when it has answered. */
  function speakInTurn(isSign: boolean): Promise<void> {
    const mine = turn.then(() => speaker.speak(new Set(shown), isSign));
    turn = mine.catch(() => {});
    return mine;
  }

  const everyMs = database.limits.query_timeout / signsMax;
  const signs = startLoop({ name: 'sign of life', everyMs, log }, () => speakInTurn(true));
  // What fails is tried again with the next sign, and told then.
  const change = (): void => void speakInTurn(false).catch(() => {});
  return {
    show: (poolId) => {
      shown.add(poolId);
      change();
      return () => {
        shown.delete(poolId);
        change();
      };
    },
    hear: (ear) => {
      ears.add(ear);
      return () => ears.delete(ear);
    },
    close: async () => {
      const stopped = signs.stop();
      await speaker.close();
      await stopped;
    },
  };
}

type Speaker = {
  /** Says which pools are alive, and makes the connection before where there is none; `isSign`: though nothing has changed. */
  speak(shown: ReadonlySet<string>, isSign: boolean): Promise<void>;
  close(): Promise<void>;
};

/** At most one connection at a time, and what it speaks for. */
function createSpeaker(
  { url, limits }: Pick<Database, 'url' | 'limits'>,
  tell: (message: pg.Notification) => void,
): Speaker {
  let client: pg.Client | undefined;
  let held: ReadonlySet<string> = new Set();
  let [isConnecting, isClosed] = [false, false];

  const drop = (lost: pg.Client): void => {
    if (client !== lost) return;
    client = undefined;
    held = new Set();
    void endClient(lost);
  };

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({ connectionString: url, ...limits });
    client = next;
    next.on('error', () => drop(next));
    next.on('end', () => drop(next));
    next.on('notification', tell);
    isConnecting = true;
    await next.connect().finally(() => {
      isConnecting = false;
    });
    await limits.onConnect(next);
    await holdLine(next, { silenceMs: limits.query_timeout });
    return next;
  }

  async function speak(shown: ReadonlySet<string>, isSign: boolean): Promise<void> {
    if (isClosed) return;
    try {
      const line = client ?? (await connect());
      const [fresh, over] = [[...shown.difference(held)], [...held.difference(shown)]];
      // The network may have swallowed the connection without a word: to be heard of, it has to be used.
      if (!isSign && fresh.length + over.length === 0) return;
      await giveSign(line, { fresh, over });
      if (client === line) held = shown;
    } catch (error) {
      if (client) drop(client);
      if (!isClosed) throw orUnavailable(error);
    }
  }

  return {
    speak,
    close: async () => {
      isClosed = true;
      // One that is told to end before it is connected never says that it will not be.
      if (isConnecting) client?.connection.stream.destroy();
      else if (client) await endClient(client);
    },
  };
}

type Connected = (error: undefined, client: pg.PoolClient, release: () => void) => void;

/**
 * What graphile-worker takes for its pool: the connection on which it would listen, one for each queue, is the line that they
 * share. It asks for that one with a callback, and for all others without.
 */
export function withLine(pool: pg.Pool, line: Pick<QueueLine, 'hear'>): pg.Pool {
  const connect = (tell?: Connected): Promise<pg.PoolClient> | undefined => {
    if (tell === undefined) return pool.connect();
    const ear = Object.assign(new EventEmitter(), { query: async () => ({ rows: [] }) });
    const release = line.hear((message) => ear.emit('notification', message));
    tell(undefined, ear as unknown as pg.PoolClient, release);
    return undefined;
  };
  return { connect } as unknown as pg.Pool;
}
