import type { ServerResponse } from 'node:http';
import type { ExecutionArgs } from 'graphql';
import type { FetchAPI, Plugin } from 'graphql-yoga';
import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { encodeCursor } from '../kernel/events/cursor.ts';
import { notAcceptable } from './acceptable.ts';
import type { Transport } from './guard-operations.ts';
import type { Deliveries, Result, Subscriptions } from './share-results.ts';

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
 * client comes back. Who accepts no stream, or no form of another answer, gets 406, and nothing goes on for him.
 */
export function streamPlugin(subscriptions: Subscriptions): Plugin<Transport> {
  // By request, since what comes back from yoga is wrapped.
  const begun = new WeakMap<Request, Deliveries>();
  return {
    onSubscribe: ({ setSubscribeFn }) => {
      setSubscribeFn(async (args: ExecutionArgs) => {
        const subscription = await subscriptions.subscribe(args);
        const { request } = args.contextValue as { readonly request: Request };
        if ('take' in subscription) begun.set(request, subscription);
        return subscription;
      });
    },
    onResultProcess: ({ request, resultProcessor, setResultProcessor, serverContext }) => {
      const deliveries = begun.get(request);
      if (resultProcessor === undefined) {
        deliveries?.end();
        setResultProcessor(refuse, 'application/json');
        return;
      }
      if (!deliveries) return;
      // Yoga is called with Node's own request and response and hands them on, which its types do not say.
      const { res } = serverContext as unknown as { readonly res: ServerResponse };
      const process = (_: unknown, { Response }: FetchAPI): Response => {
        if (!res.destroyed) return new Response(streamOf(deliveries, res), { headers });
        // Nobody would read the stream of one who has hung up, or end it.
        deliveries.end();
        return new Response(null);
      };
      setResultProcessor(process, 'text/event-stream');
    },
  };
}

function refuse(_: unknown, { Response }: FetchAPI): Response {
  const body = JSON.stringify({ errors: [{ message: notAcceptable, extensions: { code: 'INVALID_INPUT' } }] });
  return new Response(body, { status: 406, headers: { 'content-type': 'application/json; charset=utf-8' } });
}

/** The bytes of a stream, made only as fast as its reader takes them; who takes nothing for two heartbeats is cut off. */
function streamOf(deliveries: Deliveries, response: ServerResponse): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout | undefined;
  let pulls = 0;
  let stalledAt: number | undefined;
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(encoder.encode(`${idLine(deliveries.from)}retry: ${retryMs}\n\n`));
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
        deliveries.end();
      } catch (error) {
        // A stream that has failed is not cancelled any more.
        clearInterval(heartbeat);
        deliveries.end();
        throw error;
      }
      clearInterval(heartbeat);
      controller.close();
    },
    cancel: () => {
      clearInterval(heartbeat);
      deliveries.end();
    },
  });
}

/** An event that was not told is none to go on behind. */
function messageOf(event: Event | undefined, { json, isLast }: Result): string {
  const cursor = event && !isLast ? encodeCursor(event.shopId, event.number) : undefined;
  return `${idLine(cursor)}event: next\ndata: ${json}\n\n`;
}

/** Clients keep it and say it when they come back, also of a block without data (HTML, section 9.2.6). */
function idLine(cursor: string | undefined): string {
  return cursor === undefined ? '' : `id: ${cursor}\n`;
}
