import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire between clients and a gateway that a test can cut, and lay to another gateway. */
export type Wire = {
  readonly url: string;
  /** Where new connections go; undefined: they are cut at once. */
  lead(to: string | undefined): void;
  /** What clients send with one of these words in it is not handed on any more. */
  swallow(words: readonly string[]): void;
  /** How often that was so. */
  swallowed(): number;
  /** Cuts all connections that are open. */
  cut(): void;
  /** How many WebSockets are open; connections of calls are kept for the next ones. */
  open(): number;
  close(): Promise<void>;
};

/** Opens a wire to a gateway, given by its address. */
export async function openWire(first: string): Promise<Wire> {
  let target: string | undefined = first;
  let words: readonly string[] = [];
  let count = 0;
  const sockets = new Set<Socket>();
  const webSockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (target === undefined) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(target);
    const gateway = keep(connect(Number(port), hostname));
    client.on('data', (chunk) => {
      if (/^upgrade: websocket/im.test(String(chunk))) webSockets.add(client);
      if (words.some((word) => chunk.includes(word))) count += 1;
      else gateway.write(chunk);
    });
    client.on('end', () => gateway.end());
    gateway.pipe(client);
    client.on('close', () => {
      webSockets.delete(client);
      gateway.destroy();
    });
    gateway.on('close', () => client.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead: (to) => {
      target = to;
    },
    swallow: (given) => {
      words = given;
    },
    swallowed: () => count,
    cut,
    open: () => webSockets.size,
    close: async () => {
      cut();
      await new Promise((done) => server.close(done));
    },
  };
}
