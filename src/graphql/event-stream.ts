import type { ServerResponse } from 'node:http';
import type { ExecutionArgs } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { encodeCursor } from '../kernel/events/cursor.ts';
import type { Transport } from './guard-plugin.ts';
import type { Delivery, Result, Subscriptions } from './share-results.ts';

/** How often a stream says that it is alive, in milliseconds; proxies give up what is silent for a minute. */
export const heartbeatMs = 12_000;

/** How long browsers wait before they come back, in milliseconds; each goes on from the last `id` that it got. */
const retryMs = 1_000;

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  connection: 'keep-alive',
  // Some proxies would keep events until they have many.
  'x-accel-buffering': 'no',
};

/**
 * Subscriptions over SSE, in the distinct mode of graphql-sse: each result is an event `next` whose `id` is the cursor, so
 * that `Last-Event-ID` resumes; `complete` is the end of the operation. A stream that ends without it was cut off, and its
 * client comes back.
 */
export function streamPlugin(subscriptions: Subscriptions): Plugin<Transport> {
  return {
    onSubscribe: ({ setSubscribeFn }) => {
      setSubscribeFn((args: ExecutionArgs) => subscriptions.subscribe(args));
    },
    onResultProcess: ({ result, resultProcessor, setResultProcessor, serverContext }) => {
      if (resultProcessor === undefined || !isAsyncIterable(result)) return;
      // Yoga is called with Node's own request and response and hands them on, which its types do not say.
      const { res } = serverContext as unknown as { readonly res: ServerResponse };
      const deliveries = result as unknown as AsyncIterableIterator<Delivery>;
      const process = (_: unknown, { Response }: { readonly Response: typeof globalThis.Response }): Response => {
        if (!res.destroyed) return new Response(streamOf(deliveries, res), { headers });
        // Nobody would read the stream of one who has hung up, or end it.
        void deliveries.return?.();
        return new Response(null);
      };
      setResultProcessor(process as typeof resultProcessor, 'text/event-stream');
    },
  };
}

/** The bytes of a stream, made only as fast as its reader takes them; who takes nothing for two heartbeats is cut off. */
function streamOf(deliveries: AsyncIterableIterator<Delivery>, response: ServerResponse): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout | undefined;
  let pulls = 0;
  let stalledAt: number | undefined;
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(encoder.encode(`retry: ${retryMs}\n\n`));
      heartbeat = setInterval(() => {
        // Nothing was asked for since the last heartbeat, and the socket was full at both.
        if (response.writableNeedDrain && stalledAt === pulls) return void response.destroy();
        stalledAt = response.writableNeedDrain ? pulls : undefined;
        // A reader who has not taken what is there needs no sign of life.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(':\n\n'));
      }, heartbeatMs);
      heartbeat.unref();
    },
    pull: async (controller) => {
      pulls += 1;
      try {
        const next = await deliveries.next();
        const result = next.done ? undefined : await next.value.result;
        if (!next.done && !result) return void response.destroy();
        if (!next.done && result) controller.enqueue(encoder.encode(messageOf(next.value.event, result)));
        if (result && !result.isLast) return;
        controller.enqueue(encoder.encode('event: complete\ndata:\n\n'));
        await deliveries.return?.();
      } catch (error) {
        // A stream that has failed is not cancelled any more.
        clearInterval(heartbeat);
        void deliveries.return?.();
        throw error;
      }
      clearInterval(heartbeat);
      controller.close();
    },
    cancel: async () => {
      clearInterval(heartbeat);
      await deliveries.return?.();
    },
  });
}

/** An event that was not told is none to go on behind. */
function messageOf(event: Event | undefined, { json, isLast }: Result): string {
  const id = event && !isLast ? `id: ${encodeCursor(event.shopId, event.number)}\n` : '';
  return `${id}event: next\ndata: ${json}\n\n`;
}
