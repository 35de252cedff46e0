import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Seen, Subscriber } from './evidence.ts';

/** A subscriber that goes on from its last cursor, at any process, whenever its subscription breaks off. */
export type Follower = Subscriber & {
  readonly transport: 'WebSocket' | 'SSE';
  /** The number of the last event that it saw. */
  last(): number;
  /** How often it has gone on, by what it was told of the reason. */
  readonly resumed: ReadonlyMap<string, number>;
  end(): Promise<void>;
};

export type FollowerOptions = {
  readonly shopId: string;
  readonly types?: readonly string[];
  readonly transport: Follower['transport'];
  readonly apiKey: string;
  /** The address of the process to subscribe at: another one each time. */
  readonly address: () => string;
  /** The planted bug that the cursor is forgotten when it goes on. */
  readonly forgetful: boolean;
};

type Told = {
  readonly cursor: string;
  readonly number: number;
  readonly type: string;
  /** The states of an attempt and of a refund, whose types differ. */
  readonly attempt?: string;
  readonly return?: string;
  readonly payment?: { readonly id: string };
  readonly transaction?: { readonly id: string };
  readonly refund?: { readonly id: string };
};
type Result = { readonly data?: { readonly events?: Told } | null; readonly errors?: readonly unknown[] };

const query = `subscription ($shopId: ID!, $after: Cursor, $types: [EventType!]) {
  events(shopId: $shopId, after: $after, types: $types) {
    cursor number type
    ... on PaymentEvent { payment { id } }
    ... on TransactionEvent { attempt: status transaction { id } }
    ... on RefundEvent { return: status refund { id } }
  }
}`;

/** A stream on which nothing comes for so long is given up: the network may have swallowed it. */
const silenceMs = 5_000;
const pauseMs = 200;

/** Follows the events of a shop from the beginning of its log until the end. */
export function followEvents(options: FollowerOptions, start: string): Follower {
  const seen: Seen[] = [];
  const resumed = new Map<string, number>();
  const leaving = new AbortController();
  let cursor = start;
  let streams = 0;
  const take = (told: Told): void => {
    const { number, type } = told;
    const status = told.attempt ?? told.return ?? '';
    const id = (told.refund ?? told.transaction ?? told.payment)?.id ?? '';
    seen.push({ number, type, id, status });
    cursor = told.cursor;
  };
  const run = async (): Promise<void> => {
    while (!leaving.signal.aborted) {
      const after = options.forgetful && streams > 0 ? null : cursor;
      streams += 1;
      const { shopId, types = null } = options;
      const stream = options.transport === 'SSE' ? readSse : readWebSocket;
      const hearing = { take, signal: leaving.signal };
      const reason = await stream(options, { shopId, types, after }, hearing).catch((error: Error) => error.message);
      if (!leaving.signal.aborted) resumed.set(reason, (resumed.get(reason) ?? 0) + 1);
      await wait(pauseMs, undefined, { signal: leaving.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    name: `${options.transport} ${options.types === undefined ? 'of all' : `of ${options.types.join(', ')}`}`,
    ...{ shopId: options.shopId, types: options.types, transport: options.transport, seen },
    resumed,
    last: () => seen.at(-1)?.number ?? 0,
    end: async () => {
      leaving.abort();
      await running;
    },
  };
}

type Hearing = { take(told: Told): void; readonly signal: AbortSignal };

/** Takes the event of a result; one with errors is no event, and its subscriber begins anew behind the last good one. */
function takeOf({ take }: Hearing, { data, errors }: Result): void {
  const told = data?.events;
  if (errors !== undefined || !told) throw new Error('An event could not be read.');
  take(told);
}

/** Calls `over` when nothing has been heard for too long; gives the function that says that something was heard. */
function watchSilence(over: () => void): { heard(): void; stop(): void } {
  let timer = setTimeout(over, silenceMs);
  return {
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(over, silenceMs);
    },
    stop: () => clearTimeout(timer),
  };
}

/** Follows until the stream ends, and gives the reason. */
async function readSse(options: FollowerOptions, variables: object, hearing: Hearing): Promise<string> {
  const breaking = new AbortController();
  const silence = watchSilence(() => breaking.abort());
  try {
    const response = await fetch(`${options.address()}/graphql`, {
      method: 'POST',
      headers: {
        ...{ accept: 'text/event-stream', 'content-type': 'application/json' },
        authorization: `Bearer ${options.apiKey}`,
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.any([breaking.signal, hearing.signal]),
    });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
      return `answered with ${response.status}`;
    let text = '';
    for await (const part of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      silence.heard();
      const blocks = (text + part).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: ?(.+)$/m.exec(block)?.[1];
        if (/^event: ?next$/m.test(block) && data !== undefined) takeOf(hearing, JSON.parse(data) as Result);
      }
    }
    return 'the stream ended';
  } finally {
    silence.stop();
    breaking.abort();
  }
}

async function readWebSocket(options: FollowerOptions, variables: object, hearing: Hearing): Promise<string> {
  const { promise: over, resolve } = Promise.withResolvers<string>();
  let socket: WebSocket | undefined;
  const breakOff = (): void => {
    socket?.terminate();
    resolve('silence, or an event that could not be read');
  };
  const silence = watchSilence(breakOff);
  const client = createClient({
    url: `${options.address().replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${options.apiKey}` },
    retryAttempts: 0,
    keepAlive: 1_000,
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
      },
      message: silence.heard,
    },
  });
  client.subscribe(
    { query, variables: { ...variables } },
    {
      next: (result) => {
        try {
          takeOf(hearing, result as Result);
        } catch {
          breakOff();
        }
      },
      error: (error) => resolve(reasonOf(error)),
      complete: () => resolve('the operation ended'),
    },
  );
  hearing.signal.addEventListener('abort', breakOff, { once: true });
  const reason = await over;
  silence.stop();
  hearing.signal.removeEventListener('abort', breakOff);
  await client.dispose();
  socket?.terminate();
  return reason;
}

/** A closed socket, errors of the operation, or an error of the connection. */
function reasonOf(error: unknown): string {
  if (Array.isArray(error)) return `refused: ${JSON.stringify(error.map(({ message }) => message as string))}`;
  const { code, reason, message } = error as { code?: unknown; reason?: unknown; message?: unknown };
  return `closed: ${[code, reason, message].filter((part) => part !== undefined && part !== '').join(' ')}`;
}
