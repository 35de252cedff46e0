import { setTimeout as pause } from 'node:timers/promises';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { News } from '../kernel/db/database.ts';
import { endsInTime } from '../kernel/ends-in-time.ts';
import type { Log } from '../kernel/log.ts';
import { connectNats } from './connect-nats.ts';
import { createListeners, gatherNews, type HintBus, type SharedHints } from './listen-hints.ts';
import type { NatsServers } from './parse-nats-url.ts';

export type RelayOptions = {
  readonly nats: NatsServers;
  readonly log: Log;
  /** Pause before a lost connection is made again, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Told each time the connection hears hints. */
  readonly onListening?: () => void;
};

/** A shop's hints have a subject of their own, so that a process gets those of the shops it follows and no others. */
const subjectPrefix = 'bramka.hint.';
const shopForm = /^[0-9a-f-]{36}$/;
const numberForm = /^\d{1,19}$/;
/** Of the processes that work for all, the server gives each hint to one. */
const sharedQueue = 'bramka.readers';
/** How long the server may take to hear the last hints. */
const farewell = { ms: 1_000 };

/**
 * Hints by NATS. News that come while a hint is on its way are gathered into the next one, so there is never more waiting
 * than one number for each shop. A lost connection is made again for ever; what was missed stays missed.
 */
export function relayHints(options: RelayOptions): HintBus & SharedHints {
  const listeners = createListeners();
  const followed = createFollowed();
  const shared = createShared();
  const pending = new Map<string, bigint>();
  const closing = new AbortController();
  let connection: Opened | undefined;
  let sending: Promise<void> | undefined;

  /** Resolves when nothing is left to send, or nobody to send it to. */
  function flush(): Promise<void> {
    if (!sending && connection && pending.size > 0) sending = sendAll();
    return sending ?? Promise.resolve();
  }

  async function sendAll(): Promise<void> {
    while (connection && pending.size > 0) {
      // What was on its way when a connection ended is lost with it; it is made again elsewhere.
      await send(connection, takeAll(pending)).catch(() => {});
    }
    sending = undefined;
  }

  const running = stayConnected(options, closing.signal, {
    onOpen: async (opened) => {
      followed.attach(opened.nats, listeners.tell);
      shared.attach(opened.nats);
      // The server has then heard what we follow.
      await opened.flush();
      connection = opened;
      options.onListening?.();
      void flush();
    },
    onEnd: () => {
      connection = undefined;
    },
  });
  return {
    publish: (news) => {
      gatherNews(pending, news);
      void flush();
    },
    subscribe: listeners.add,
    follow: followed.follow,
    share: shared.share,
    close: async () => {
      await endsInTime(flush(), farewell);
      closing.abort();
      await running;
    },
  };
}

type Followed = {
  /** Subscribes to a shop until the function that is given back is called as often as this was. */
  follow(shopId: string): () => void;
  /** Subscribes to all shops that are followed on a new connection. */
  attach(connection: NatsConnection, receive: (news: News) => void): void;
};

/** The shops that are followed here, whether there is a connection or not. */
function createFollowed(): Followed {
  const shops = new Map<string, { count: number; subscription: Subscription | undefined }>();
  let subscribe = (_shopId: string): Subscription | undefined => undefined;
  return {
    follow: (shopId) => {
      const shop = shops.get(shopId) ?? { count: 0, subscription: subscribe(shopId) };
      shop.count += 1;
      shops.set(shopId, shop);
      return () => {
        shop.count -= 1;
        if (shop.count > 0) return;
        shops.delete(shopId);
        shop.subscription?.unsubscribe();
      };
    },
    attach: (connection, receive) => {
      subscribe = (shopId) => {
        if (connection.isClosed()) return undefined;
        return connection.subscribe(subjectPrefix + shopId, { callback: hearing(receive) });
      };
      for (const [shopId, shop] of shops) shop.subscription = subscribe(shopId);
    },
  };
}

type Shared = Pick<SharedHints, 'share'> & {
  /** Subscribes to the hints about all shops on a new connection, if they are wanted. */
  attach(connection: NatsConnection): void;
};

function createShared(): Shared {
  const listeners = createListeners();
  let connection: NatsConnection | undefined;
  let subscription: Subscription | undefined;
  const subscribe = (): void => {
    if (!connection || connection.isClosed() || listeners.count() === 0) return;
    subscription = connection.subscribe(`${subjectPrefix}*`, {
      queue: sharedQueue,
      callback: hearing(listeners.tell),
    });
  };
  return {
    share: (listener) => {
      const leave = listeners.add(listener);
      if (listeners.count() === 1) subscribe();
      return () => {
        leave();
        if (listeners.count() === 0) subscription?.unsubscribe();
      };
    },
    attach: (opened) => {
      connection = opened;
      subscribe();
    },
  };
}

/** Reads what arrives; what is no hint is passed over, and so is that the subscription was refused, which `tellRefusals` hears too. */
function hearing(receive: (news: News) => void): (error: Error | null, message: Msg) => void {
  return (error, message) => {
    if (error) return;
    const [shopId, text] = [message.subject.slice(subjectPrefix.length), message.string()];
    if (shopForm.test(shopId) && numberForm.test(text)) receive(new Map([[shopId, BigInt(text)]]));
  };
}

/** A connection, and what waits until its server has all that was sent: one at a time, and it rejects when the connection ends. */
type Opened = { readonly nats: NatsConnection; readonly flush: () => Promise<void> };

type Held = { readonly onOpen: (connection: Opened) => Promise<void>; readonly onEnd: () => void };

/** Makes the connection again and again until the signal ends it; that it is away is said once for each reason, and that it is back. */
async function stayConnected(options: RelayOptions, signal: AbortSignal, held: Held): Promise<void> {
  const { log } = options;
  const told = new Set<string>();
  const onOpen = async (connection: Opened): Promise<void> => {
    await held.onOpen(connection);
    if (told.size > 0) log.info('NATS is back: hints between processes come again');
    told.clear();
  };
  while (!signal.aborted) {
    const reason = await holdConnection(options, signal, { ...held, onOpen }).then(
      () => 'the connection was closed',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (signal.aborted) return;
    // Why it went says little of why it stays away, as when the password was changed.
    if (!told.has(reason)) log.warn({ reason }, 'NATS is away; events of other processes come late until it is back');
    told.add(reason);
    await pause(options.retryAfterMs ?? 1_000, undefined, { signal, ref: false }).catch(() => {});
  }
}

/** Holds a connection until it breaks or the signal ends it. */
async function holdConnection(
  { nats, log }: RelayOptions,
  signal: AbortSignal,
  { onOpen, onEnd }: Held,
): Promise<void> {
  const connection = await connectNats(nats, signal);
  if (!connection) return;
  const stop = (): void => void connection.close();
  signal.addEventListener('abort', stop);
  tellRefusals(connection, log).catch((err: unknown) => log.warn({ err }, 'NATS says nothing of itself any more'));
  try {
    if (signal.aborted) return;
    await onOpen({ nats: connection, flush: flushOf(connection) });
    const error = await connection.closed();
    if (error) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    onEnd();
    await connection.close();
  }
}

/** Says once of a connection that the server takes no hints over it, or gives none: who publishes, or follows many shops, is told in no other place. */
async function tellRefusals(connection: NatsConnection, log: Log): Promise<void> {
  const told = new Set<string>();
  // To its end, since what nobody reads is kept.
  for await (const status of connection.status()) {
    if (status.type !== 'error') continue;
    const refusal = refusalOf(status.error);
    if (refusal === undefined || told.has(refusal)) continue;
    told.add(refusal);
    log.warn({ reason: status.error.message }, refusal);
  }
}

/** What an error means for hints; undefined when the connection ends of it, which is told elsewhere. */
function refusalOf(error: Error): string | undefined {
  const operation = 'operation' in error ? error.operation : undefined;
  if (operation === 'publish') return 'NATS takes no hints from this process; others find its events by looking';
  // Too many are refused in no other words.
  if (operation !== 'subscription' && error.message !== 'maximum subscriptions exceeded') return undefined;
  return 'NATS refuses hints to this process; it finds events by looking';
}

/** The library's own `flush` never settles when the connection ends before the server has answered. */
function flushOf(connection: NatsConnection): () => Promise<void> {
  let giveUp = (_: Error): void => {};
  void connection.closed().then((error) => giveUp(error ?? new Error('The connection was closed.')));
  return () =>
    new Promise((resolve, reject) => {
      giveUp = reject;
      connection.flush().then(resolve, reject);
    });
}

async function send({ nats, flush }: Opened, news: News): Promise<void> {
  for (const [shopId, number] of news) nats.publish(subjectPrefix + shopId, String(number));
  await flush();
}

function takeAll(pending: Map<string, bigint>): ReadonlyMap<string, bigint> {
  const taken = new Map(pending);
  pending.clear();
  return taken;
}
