import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { acceptsGzip } from '../http/accepts-gzip.ts';
import { namesEtag } from '../http/names-etag.ts';

const options = {
  title: 'Bramka',
  defaultQuery:
    '# Put your key under "Headers": {"Authorization": "Bearer bk_test_…"}\n{ viewer { merchant { name } } }\n',
  // Over a WebSocket it sends no headers, and so no key.
  subscriptionsProtocol: 'SSE',
} as const;

/** One form of the page. */
type Form = { readonly bytes: Buffer; readonly etag: string; readonly encoding?: 'gzip' };

/** Answers a request with GraphiQL. */
export type GraphiqlServer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Says whether a request is that of a browser that shows the answer to a person. */
export function asksForGraphiql({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

/**
 * Makes what serves GraphiQL, offline. The page has nine megabytes, so it is made when somebody wants it, and once: all
 * answers send the same bytes, also those that nobody reads, and a browser that has them is told so.
 */
export function createGraphiqlServer(): GraphiqlServer {
  let making: ReturnType<typeof makePage> | undefined;
  return async (request, response) => {
    making ??= makePage().catch((error: unknown) => {
      // The next one that wants it tries again.
      making = undefined;
      throw error;
    });
    const { plain, zipped } = await making;
    const { bytes, etag, encoding } = acceptsGzip(request.headers['accept-encoding']) ? zipped : plain;
    response.appendHeader('vary', 'Accept, Accept-Encoding');
    const headers = { etag, 'cache-control': 'no-cache' };
    if (namesEtag(request.headers['if-none-match'], etag)) {
      response.writeHead(304, headers).end();
      return;
    }
    const about = { 'content-type': 'text/html; charset=utf-8', 'content-length': bytes.length };
    response.writeHead(200, { ...headers, ...about, ...(encoding && { 'content-encoding': encoding }) }).end(bytes);
  };
}

async function makePage(): Promise<{ readonly plain: Form; readonly zipped: Form }> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const bytes = Buffer.from(renderGraphiQL(options));
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  const zipped = await promisify(gzip)(bytes);
  return {
    plain: { bytes, etag: `"${hash}"` },
    zipped: { bytes: zipped, etag: `"${hash}-gzip"`, encoding: 'gzip' },
  };
}
