import { WebSocket } from 'ws';
import type { TestGateway } from './gateway.ts';

type Served = Pick<TestGateway, 'url' | 'demo'>;

/** One message of graphql-transport-ws. */
export type Frame = { readonly type: string; readonly id?: string; readonly payload?: unknown };

/** One answer of an operation, whatever carried it. */
export type Result<Data = unknown> = {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: Record<string, unknown>;
    readonly path?: readonly (string | number)[];
  }[];
};

/** A bare client of graphql-transport-ws: it sends what it is told, so it can also do wrong. */
export type TestSocket = {
  send(frame: Frame | string): void;
  /** The next message for this operation, or with '' the next that is for none. Fails when the socket closes first. */
  next(id?: string): Promise<Frame>;
  /** With what the socket was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
};

/** Things that arrive and are taken in order; those who wait get an error once it is over. */
function createQueue<Item>(): { put(item: Item): void; take(): Promise<Item>; end(error: Error): void } {
  const items: Item[] = [];
  const waiting: PromiseWithResolvers<Item>[] = [];
  let over: Error | undefined;
  return {
    put: (item) => {
      const first = waiting.shift();
      if (first) first.resolve(item);
      else items.push(item);
    },
    take: async () => {
      const item = items.shift();
      if (item !== undefined) return item;
      if (over) throw over;
      const turn = Promise.withResolvers<Item>();
      waiting.push(turn);
      return turn.promise;
    },
    end: (error) => {
      over ??= error;
      for (const turn of waiting.splice(0)) turn.reject(over);
    },
  };
}

/** Opens a socket and says nothing yet. */
export async function openSocket(gateway: Served, headers: Record<string, string> = {}): Promise<TestSocket> {
  const socket = new WebSocket(`${gateway.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  const queues = new Map<string, ReturnType<typeof createQueue<Frame>>>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  let over: Error | undefined;
  const queueOf = (id: string) => {
    const queue = queues.get(id) ?? createQueue<Frame>();
    queues.set(id, queue);
    if (over) queue.end(over);
    return queue;
  };
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    queueOf(frame.id ?? '').put(frame);
  });
  socket.on('close', (code, reason) => {
    over = new Error(`The socket was closed with ${code} ${reason}.`);
    for (const queue of queues.values()) queue.end(over);
    closed.resolve({ code, reason: String(reason) });
  });
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
  socket.on('error', reject);
  socket.on('open', resolve);
  await opened;
  return {
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: (id = '') => queueOf(id).take(),
    closed: closed.promise,
    close: () => socket.close(),
  };
}

/** Opens a socket and introduces itself; undefined is the demo's key. */
export async function connect(gateway: Served, key: string = gateway.demo.apiKey): Promise<TestSocket> {
  const socket = await openSocket(gateway);
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } });
  await socket.next();
  return socket;
}

export type Operation = {
  readonly query: string;
  readonly variables?: object | undefined;
  /** Undefined is the demo's key; null is none. */
  readonly key?: string | null | undefined;
};

/** The results of one operation that may go on. */
export type Stream<Data> = {
  /** The next result; undefined when the server ended the operation. */
  next(): Promise<Result<Data> | undefined>;
  /** The next results, so many. */
  take(count: number): Promise<Result<Data>[]>;
  /** Leaves, as a client does. */
  end(): void;
};

/** Runs an operation over a WebSocket of its own. */
export async function overWebSocket<Data>(gateway: Served, operation: Operation): Promise<Stream<Data>> {
  const { query, variables, key } = operation;
  const socket = await openSocket(gateway);
  socket.send({
    type: 'connection_init',
    payload: key === null ? {} : { authorization: `Bearer ${key ?? gateway.demo.apiKey}` },
  });
  await socket.next();
  socket.send({ type: 'subscribe', id: '1', payload: { query, variables } });
  return streamOf({
    next: async () => {
      const { type, payload } = await socket.next('1');
      if (type === 'complete') return undefined;
      return type === 'error' ? ({ errors: payload } as Result<Data>) : (payload as Result<Data>);
    },
    end: () => socket.close(),
  });
}

/** Runs an operation over SSE, in the distinct mode of graphql-sse. */
export async function overSse<Data>(gateway: Served, operation: Operation): Promise<Stream<Data>> {
  const { query, variables, key } = operation;
  const leaving = new AbortController();
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    signal: leaving.signal,
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key ?? gateway.demo.apiKey}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const end = (): void => leaving.abort();
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const body = (await response.json()) as Result<Data>;
    return streamOf({ next: async () => body, end });
  }
  // Taken at once: the body of a response that nobody holds or reads any more is cancelled by fetch.
  const events = readEvents((response.body as ReadableStream<Uint8Array>).getReader());
  return streamOf({
    next: async () => {
      for await (const { event, data } of keepOpen(events)) {
        if (event === 'next') return JSON.parse(data) as Result<Data>;
        if (event === 'complete') return undefined;
      }
      return undefined;
    },
    end,
  });
}

function streamOf<Data>(source: Pick<Stream<Data>, 'next' | 'end'>): Stream<Data> {
  return {
    ...source,
    take: async (count) => {
      const results: Result<Data>[] = [];
      while (results.length < count) {
        const result = await source.next();
        if (!result) throw new Error(`The operation ended after ${results.length} of ${count} results.`);
        results.push(result);
      }
      return results;
    },
  };
}

/** Leaving a loop over it does not end it. */
function keepOpen<Item>(generator: AsyncGenerator<Item>): AsyncIterable<Item> {
  return { [Symbol.asyncIterator]: () => ({ next: () => generator.next() }) };
}

async function* readEvents(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<{ event: string; data: string }> {
  const decoder = new TextDecoder();
  let text = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    text += decoder.decode(chunk.value, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string =>
        block
          .split('\n')
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart())
          .join('\n');
      yield { event: field('event'), data: field('data') };
    }
  }
}
