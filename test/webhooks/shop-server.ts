import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a shop received: the exact bytes, as text. */
export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
};

export type ShopServer = {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** Says how the shop answers from now on; at first with 200 and imoje's acknowledgement. */
  answer(listener: RequestListener): void;
  close(): Promise<void>;
};

const acknowledge: RequestListener = (_request, response) => response.end('{"status":"ok"}');

/** A shop's web server on a loopback port that keeps what it is sent. */
export async function openShopServer(host = '127.0.0.1'): Promise<ShopServer> {
  let listener = acknowledge;
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    const { method = '', url: path = '', headers, rawHeaders } = request;
    received.push({ method, path, headers, rawHeaders, body });
    listener(request, response);
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/n`,
    port,
    received,
    answer: (next) => {
      listener = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** An answer of a status and a text. */
export function answering(status: number, text = ''): RequestListener {
  return (_request, response) => response.writeHead(status).end(text);
}
