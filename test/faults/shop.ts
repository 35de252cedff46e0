import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Chance } from './chance.ts';
import type { Notified } from './evidence.ts';

/** The web server of a shop that takes notifications, badly. */
export type FaultyShop = {
  readonly url: string;
  /** What it has acknowledged, in the order of its answers. */
  readonly acknowledged: readonly Notified[];
  /** How many notifications it has not acknowledged: refused, broken off, or away. */
  refused(): number;
  /** While it is away, connections are broken off as they come. */
  setAway(isAway: boolean): void;
  /** From now on it acknowledges everything. */
  calm(): void;
  close(): Promise<void>;
};

export type ShopOptions = {
  readonly chance: Chance;
  /** The planted bug that a notification is acknowledged, and nothing done about it. */
  readonly forgetful: boolean;
};

/** Opens the shop on a free loopback port; one notification in twenty is answered with 500, one in fifty is broken off. */
export async function openFaultyShop({ chance, forgetful }: ShopOptions): Promise<FaultyShop> {
  const acknowledged: Notified[] = [];
  let [away, calm, refused] = [false, false, 0];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    try {
      for await (const part of request.setEncoding('utf8')) body += part;
    } catch {
      refused += 1;
      return;
    }
    const isRefused = !calm && chance.happens(0.05);
    const isBroken = away || (!calm && chance.happens(0.02));
    if (isRefused || isBroken) refused += 1;
    if (isBroken) request.socket.destroy();
    else if (isRefused) response.writeHead(500).end('try again');
    else {
      if (!(forgetful && chance.happens(0.02))) acknowledged.push(read(body));
      response.end('{"status":"ok"}');
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`,
    acknowledged,
    refused: () => refused,
    setAway: (isAway) => {
      away = isAway;
    },
    calm: () => {
      [away, calm] = [false, true];
    },
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What a notification is about: an attempt or a refund, both in `transaction`, or a payment alone. */
function read(body: string): Notified {
  const { transaction, payment } = JSON.parse(body) as Record<'transaction' | 'payment', Notified | undefined>;
  const { id = '', status = '' } = transaction ?? payment ?? {};
  return { id, status };
}
