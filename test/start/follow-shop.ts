import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Demo } from '../../src/demo.ts';
import { createInbox, type Inbox } from './inbox.ts';

/** A subscription over a WebSocket of its own, as a shop's back end holds it. */
export type Following<Item> = {
  readonly inbox: Inbox<Item>;
  /** Resolves when the gateway has taken the connection. */
  readonly connected: Promise<void>;
  /** Why the socket closed, in the end. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  end(): Promise<void>;
};

/** Subscribes to the one field of an operation; what it gives arrives in the inbox. It never connects a second time. */
export function follow<Item>(
  demo: Pick<Demo, 'websocketUrl' | 'apiKey'>,
  query: string,
  variables: Record<string, unknown>,
): Following<Item> {
  const inbox = createInbox<Item>();
  const { promise: closed, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
  const taken = Promise.withResolvers<void>();
  const client = createClient({
    url: demo.websocketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${demo.apiKey}` },
    retryAttempts: 0,
    lazy: false,
    onNonLazyError: () => {},
    on: {
      connected: () => taken.resolve(),
      closed: (event) => {
        const { code, reason } = event as { code: number; reason: string };
        resolve({ code, reason });
      },
    },
  });
  client.subscribe<Record<string, Item>>(
    { query, variables },
    {
      next: ({ data }) => {
        for (const item of Object.values(data ?? {})) inbox.put(item);
      },
      error: () => {},
      complete: () => {},
    },
  );
  return { inbox, connected: taken.promise, closed, end: async () => client.dispose() };
}

/** Waits until so many subscriptions have found where they begin: from then on they miss nothing. */
export async function untilFollowed(url: string, count: number): Promise<void> {
  const line = `\nbramka_live_subscriptions ${count}\n`;
  while (!(await (await fetch(`${url}/metrics`)).text()).includes(line));
}
