import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type News, orUnavailable } from '../kernel/db/database.ts';
import { endClient } from '../kernel/db/end-client.ts';
import { noteDatabaseAway, noteDatabaseBack } from '../kernel/db/note-away.ts';
import { endsInTime } from '../kernel/ends-in-time.ts';
import type { Log } from '../kernel/log.ts';
import { noticeOthers } from './notice-others.ts';
import { listenToChannel } from './sql/listen-to-channel.ts';
import { notifyChannel } from './sql/notify-channel.ts';

/** Carries hints between processes. Any of them may be lost, late, doubled or wrong: the log is the truth. */
export type HintBus = {
  /** Tells the other processes where logs now end; returns at once and never fails. */
  publish(news: News): void;
  /** Has `listener` called with hints of other processes; gives the function that ends it. */
  subscribe(listener: (news: News) => void): () => void;
  /** From now on hints about this shop are wanted here; gives the function that ends that. Hints about others may come too. */
  follow(shopId: string): () => void;
  close(): Promise<void>;
};

/** Hints for work that one process does for all, such as webhooks. */
export type SharedHints = {
  /**
   * Has `listener` called with hints of other processes about any shop; gives the function that ends it. Postgres gives
   * each hint to all processes that share, NATS to one of them.
   */
  share(listener: (news: News) => void): () => void;
};

export type HintOptions = {
  readonly url: string;
  readonly log: Log;
  /** Pause before a lost connection is made again, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Told each time the connection hears hints. */
  readonly onListening?: () => void;
  /** How often it says that it is there, in milliseconds. */
  readonly hereEveryMs?: number;
};

/** Postgres takes payloads of less than 8,000 bytes. */
const payloadMax = 7_999;
/** How long the server may take to hear the last hints. */
const farewell = { ms: 1_000 };
/** Says that a process is there; as it is no hint, whoever does not know it passes it over. */
const here = 'here';
const hintForm = /^([0-9a-f-]{36}):(\d{1,19})$/;

/**
 * Hints by LISTEN and NOTIFY on a connection of its own, outside the transactions that write. News that come while a
 * hint is on its way are gathered into the next one. A lost connection is made again; what was missed stays missed. While no
 * other process is there nothing is sent, so whoever comes may miss what is written until it has been heard of.
 */
export function listenForHints(options: HintOptions): HintBus & SharedHints {
  const listeners = createListeners();
  const outbox = createOutbox();
  const others = noticeOthers(outbox.sayHere, options.hereEveryMs);
  const closing = new AbortController();

  async function stayConnected(): Promise<void> {
    while (!closing.signal.aborted) {
      await holdConnection(options.url, closing.signal, {
        onOpen: (opened) => {
          outbox.connect(opened);
          opened.client.on('notification', (message) => {
            // Postgres sends our own hints back to us.
            if (message.processId === opened.speaker) return;
            others.heard();
            if (message.payload !== here) listeners.tell(parsePayload(message.payload ?? ''));
          });
          sayListening(options);
          others.heard();
        },
      }).catch((err: unknown) => {
        if (!closing.signal.aborted) tellLost(options.log, err);
      });
      outbox.connect(undefined);
      await pause(options.retryAfterMs ?? 1_000, undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  }

  const running = stayConnected();
  return {
    publish: (news) => {
      if (!outbox.isConnected() || !others.areNone()) outbox.put(news);
    },
    subscribe: listeners.add,
    // There is one channel, and it carries the hints about all shops.
    follow: () => () => {},
    share: listeners.add,
    close: async () => {
      others.stop();
      await endsInTime(outbox.flush(), farewell);
      closing.abort();
      await running;
    },
  };
}

/** What waits to be said, which is said one message after the other while there is a connection. */
function createOutbox() {
  const pending = new Map<string, bigint>();
  let isHereDue = false;
  let connection: Connection | undefined;
  let sending: Promise<void> | undefined;
  const isNext = (): boolean => connection !== undefined && (pending.size > 0 || isHereDue);

  /** Resolves when nothing is left to send, or nobody to send it to. */
  function flush(): Promise<void> {
    if (!sending && isNext()) sending = send();
    return sending ?? Promise.resolve();
  }

  async function send(): Promise<void> {
    while (connection && isNext()) {
      const { client, fail } = connection;
      // Hints say it as well.
      isHereDue = false;
      await notifyChannel(client, takePayload(pending) || here).catch((error: unknown) => {
        connection = undefined;
        fail(error);
      });
    }
    sending = undefined;
  }

  return {
    put: (news: News): void => {
      gatherNews(pending, news);
      void flush();
    },
    sayHere: (): void => {
      isHereDue = true;
      void flush();
    },
    connect: (opened: Connection | undefined): void => {
      connection = opened;
      void flush();
    },
    isConnected: (): boolean => connection !== undefined,
    flush,
  };
}

function sayListening({ log, onListening }: HintOptions): void {
  noteDatabaseBack(log);
  onListening?.();
}

/** Notes in the log that whoever follows events finds no database. @returns false, and notes nothing, for any other error. */
export function noteAwayForEvents(log: Log, error: unknown): boolean {
  return noteDatabaseAway(log, error, 'subscribers hear of events late');
}

function tellLost(log: Log, err: unknown): void {
  if (noteAwayForEvents(log, orUnavailable(err))) return;
  log.warn({ err }, 'hints between processes are lost; events come late');
}

/** Those who hear of news in a process. */
export function createListeners() {
  const listeners = new Set<(news: News) => void>();
  return {
    /** Adds one; gives the function that takes it out. */
    add: (listener: (news: News) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (news: News): void => {
      for (const listener of listeners) listener(news);
    },
    count: (): number => listeners.size,
  };
}

/** Puts news to those that wait to be sent: of each shop the last number is enough. */
export function gatherNews(waiting: Map<string, bigint>, news: News): void {
  for (const [shopId, number] of news) {
    if (number > (waiting.get(shopId) ?? 0n)) waiting.set(shopId, number);
  }
}

type Connection = {
  readonly client: pg.Client;
  /** The process of the server that speaks for it. */
  readonly speaker: number | undefined;
  readonly fail: (error: unknown) => void;
};

/** Holds a listening connection until it breaks (rejects) or the signal ends it. */
async function holdConnection(
  url: string,
  signal: AbortSignal,
  { onOpen }: { readonly onOpen: (connection: Connection) => void },
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    keepAlive: true,
    // Who only listens sends nothing, and without it the system asks after two hours whether the other side is still there.
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  over.catch(() => {});
  client.on('error', reject);
  client.on('end', () => reject(new Error('The connection was closed.')));
  let isOpen = false;
  const stop = (): void => {
    resolve();
    // Who does not answer keeps nobody here.
    if (!isOpen) client.connection.stream.destroy();
  };
  signal.addEventListener('abort', stop);
  try {
    await client.connect();
    const { speaker } = await listenToChannel(client);
    isOpen = true;
    if (!signal.aborted) onOpen({ client, speaker, fail: reject });
    if (!signal.aborted) await over;
  } finally {
    signal.removeEventListener('abort', stop);
    await endClient(client);
  }
}

/** Takes as many hints out of the waiting ones as one message holds. */
function takePayload(pending: Map<string, bigint>): string {
  let payload = '';
  for (const [shopId, number] of pending) {
    const hint = `${payload === '' ? '' : ','}${shopId}:${number}`;
    if (payload.length + hint.length > payloadMax) break;
    payload += hint;
    pending.delete(shopId);
  }
  return payload;
}

/** Reads a message; what is no hint in it is passed over. */
function parsePayload(payload: string): News {
  const hints = payload.split(',').flatMap((hint): [string, bigint][] => {
    const [, shopId, number] = hintForm.exec(hint) ?? [];
    return shopId === undefined || number === undefined ? [] : [[shopId, BigInt(number)]];
  });
  return new Map(hints);
}
