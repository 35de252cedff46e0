import { createInbox, type Inbox } from './inbox.ts';

/** One event of a stream, and the cursor behind which to go on. */
export type Streamed<Item> = { readonly id: string; readonly item: Item };

/** A subscription over SSE. */
export type Stream<Item> = {
  readonly inbox: Inbox<Streamed<Item>>;
  /** Whether the operation ended by itself, or the stream was broken off: then its client comes back. */
  readonly ended: Promise<'complete' | 'broken off'>;
  end(): void;
};

export type StreamOptions = {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  /** The cursor of the last event seen, as browsers send it when they come back. */
  readonly lastEventId?: string | undefined;
  /** Awaited after each event, before more is read. */
  readonly took?: ((count: number) => unknown) | undefined;
};

/** Subscribes over SSE, as a browser does; resolves when the gateway has answered. */
export async function followStream<Item>(
  { url, demo }: { readonly url: string; readonly demo: { readonly apiKey: string } },
  { query, variables, lastEventId, took }: StreamOptions,
): Promise<Stream<Item>> {
  const leaving = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    signal: leaving.signal,
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${demo.apiKey}`,
      'content-type': 'application/json',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const inbox = createInbox<Streamed<Item>>();
  const read = async (): Promise<'complete' | 'broken off'> => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const part of response.body ?? []) {
      const blocks = `${text}${decoder.decode(part, { stream: true })}`.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        if (/^event: complete$/m.test(block)) return 'complete';
        const [, id] = /^id: (.+)$/m.exec(block) ?? [];
        const [, data] = /^data: (.+)$/m.exec(block) ?? [];
        if (data === undefined) continue;
        if (id === undefined) throw new Error(`An event has no id: ${block}`);
        inbox.put({ id, item: Object.values(JSON.parse(data).data)[0] as Item });
        await took?.(inbox.items.length);
      }
    }
    return 'broken off';
  };
  const ended = read().catch((error: unknown) => {
    if (error instanceof TypeError || leaving.signal.aborted) return 'broken off' as const;
    throw error;
  });
  return { inbox, ended, end: () => leaving.abort() };
}
