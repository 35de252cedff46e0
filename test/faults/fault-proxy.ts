import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy between two programs that does to their connections what bad networks do. */
export type FaultProxy = {
  readonly port: number;
  /** Breaks off all connections that there are. */
  cut(): void;
  /** Holds back what is sent from now on, either way, for so long; 0 is the end of it. */
  delay(pause: { readonly ms: number }): void;
  /** Lets nothing through any more on the connections that there are, or on new ones too, and tells neither side. */
  swallow(which?: { readonly newOnes: boolean }): void;
  /** Keeps the answer to the next one from its asker, and breaks the connection off. */
  loseAnswerTo(writing: Writing): void;
  /** Keeps the next answer that holds this text from its asker, and breaks the connection off. */
  loseAnswerWith(text: string): void;
  /** How many answers were lost so far to what was committed. */
  lostAnswers(): Readonly<Record<Writing, number>>;
  /** Ends all faults; what was swallowed is broken off. */
  calm(): void;
  close(): Promise<void>;
};

/** What commits, by what `pg` sends for it; and by what the server answers when it has. */
const writings = {
  // A simple query, which ends with a zero byte.
  commit: { asked: 'commit\0', isDone: (answer: Buffer) => answer.includes('COMMIT\0') },
  // A statement that commits by itself, bound by its name: no error, and the server says that no transaction is open.
  'new payments': {
    asked: 'insert-payments\0',
    isDone: (answer: Buffer) => answer.includes('Z\0\0\0\x05I') && !answer.includes('ERROR\0'),
  },
} as const;

export type Writing = keyof typeof writings;

type Link = {
  readonly client: Socket;
  readonly server: Socket;
  swallowed: boolean;
  /** What is on its way and will have no answer. */
  losing: Writing | undefined;
};

type Faults = {
  readonly links: Set<Link>;
  delayMs: number;
  swallowNew: boolean;
  /** To whose next ones the answer is to be lost. */
  toLose: Writing[];
  readonly lost: Record<Writing, number>;
  /** What the answer to be lost holds. */
  textToLose: string | undefined;
};

/** Opens a proxy on a free loopback port. `target` gives the port behind it; undefined: nobody is there. */
export async function openFaultProxy(target: () => number | undefined): Promise<FaultProxy> {
  const faults: Faults = {
    links: new Set(),
    delayMs: 0,
    swallowNew: false,
    toLose: [],
    lost: { commit: 0, 'new payments': 0 },
    textToLose: undefined,
  };
  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const port = target();
    client.on('error', () => {});
    if (port === undefined) client.resetAndDestroy();
    else join(faults, client, connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true }));
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const all = (): Link[] => [...faults.links];
  const calm = (): void => {
    faults.delayMs = 0;
    faults.swallowNew = false;
    faults.toLose = [];
    faults.textToLose = undefined;
    for (const link of all()) if (link.swallowed) breakOff(link);
  };
  return {
    port: (listener.address() as AddressInfo).port,
    cut: () => all().forEach(breakOff),
    delay: ({ ms }) => {
      faults.delayMs = ms;
    },
    swallow: (which) => {
      faults.swallowNew = which?.newOnes ?? false;
      for (const link of all()) link.swallowed = true;
    },
    loseAnswerTo: (writing) => {
      faults.toLose.push(writing);
    },
    loseAnswerWith: (text) => {
      faults.textToLose = text;
    },
    lostAnswers: () => faults.lost,
    calm,
    close: async () => {
      const closed = new Promise((done) => listener.close(done));
      all().forEach(breakOff);
      await closed;
    },
  };
}

function join(faults: Faults, client: Socket, server: Socket): void {
  const link: Link = { client, server, swallowed: faults.swallowNew, losing: undefined };
  faults.links.add(link);
  server.on('error', () => {});
  const over = (): void => {
    // Whoever is swallowed does not even hear that the other side has gone.
    if (link.swallowed && !(client.destroyed && server.destroyed)) return;
    faults.links.delete(link);
    client.destroy();
    server.destroy();
  };
  client.on('close', over);
  server.on('close', over);
  forward(faults, { link, from: client, to: server }, (chunk) => {
    const place = faults.toLose.findIndex((writing) => chunk.includes(writings[writing].asked));
    if (place >= 0) [link.losing] = faults.toLose.splice(place, 1);
    return true;
  });
  forward(faults, { link, from: server, to: client }, (chunk) => {
    if (faults.textToLose !== undefined && chunk.includes(faults.textToLose)) {
      faults.textToLose = undefined;
      breakOff(link);
      return false;
    }
    if (link.losing === undefined) return true;
    if (writings[link.losing].isDone(chunk)) faults.lost[link.losing] += 1;
    breakOff(link);
    return false;
  });
}

type Way = { readonly link: Link; readonly from: Socket; readonly to: Socket };

/** Passes on what arrives, in order, late when it is to be late; `look` sees it first and may keep it. */
function forward(faults: Faults, { link, from, to }: Way, look: (chunk: Buffer) => boolean): void {
  const waiting: { readonly chunk: Buffer; readonly at: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const send = (): void => {
    timer = undefined;
    for (let next = waiting[0]; next; next = waiting[0]) {
      const left = next.at - performance.now();
      if (left > 0) {
        timer = setTimeout(send, left);
        return;
      }
      waiting.shift();
      if (link.swallowed || to.destroyed || to.write(next.chunk)) continue;
      from.pause();
      to.once('drain', () => from.resume());
    }
  };
  from.on('data', (chunk: Buffer) => {
    if (link.swallowed || !look(chunk)) return;
    const before = waiting.at(-1)?.at ?? 0;
    waiting.push({ chunk, at: Math.max(before, performance.now() + faults.delayMs) });
    if (timer === undefined) send();
  });
  // By itself the system says goodbye back; a network that has swallowed the connection does not.
  from.on('end', () => {
    if (!link.swallowed) from.end();
  });
  from.on('close', () => clearTimeout(timer));
}

function breakOff(link: Link): void {
  link.swallowed = false;
  link.client.resetAndDestroy();
  link.server.resetAndDestroy();
}
