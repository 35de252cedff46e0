import { connect, type Socket } from 'node:net';

/** What one connection asks next, given the answer to what it asked before: the body of a GraphQL request, in ASCII. */
export type NextBody = (answer: string | undefined) => string;

/** What came of one round. */
export type Load = {
  /** Answers within the time, a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

type Target = { readonly url: string; readonly apiKey: string };

/**
 * Asks over a number of keep-alive connections, each with one request under way, and counts the answers that come within
 * the time; then waits for the rest. It speaks HTTP over bare sockets, since it shares the cores with what it measures.
 * @throws Error when an answer is not 200 or a connection breaks.
 */
export async function sendLoad(
  target: Target,
  load: { readonly connections: number; readonly seconds: number },
  openFlow: () => NextBody,
): Promise<Load> {
  const waits: number[] = [];
  const until = performance.now() + load.seconds * 1000;
  const flows = Array.from({ length: load.connections }, () => runFlow(target, { next: openFlow(), until, waits }));
  await Promise.all(flows);
  const sorted = Float64Array.from(waits).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { perSecond: waits.length / load.seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

type Flow = { readonly next: NextBody; readonly until: number; readonly waits: number[] };

/** Runs one connection until the time is over and its last request is answered. */
function runFlow({ url, apiKey }: Target, { next, until, waits }: Flow): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay(true);
  const head = `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${apiKey}\r\nContent-Type: application/json\r\nContent-Length: `;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let asked = 0;
  const ask = (answer: string | undefined): void => {
    const body = next(answer);
    asked = performance.now();
    socket.write(`${head}${body.length}\r\n\r\n${body}`, 'latin1');
  };
  readAnswers(socket, (answer) => {
    const now = performance.now();
    if (now < until) waits.push(now - asked);
    try {
      if (now < until) ask(answer);
      else {
        next(answer);
        socket.end();
        resolve();
      }
    } catch (error) {
      socket.destroy();
      reject(error);
    }
  });
  socket.once('connect', () => ask(undefined));
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('The gateway closed a connection.')));
  return promise;
}

/** Reads answers that come one at a time and say their Content-Length. */
function readAnswers(socket: Socket, take: (body: string) => void): void {
  let text = '';
  socket.on('data', (part: Buffer) => {
    text += part.toString('latin1');
    const headEnd = text.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = text.slice(0, headEnd);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
      socket.destroy(new Error(`The gateway answered ${text.slice(0, 2000)}`));
      return;
    }
    if (text.length < headEnd + 4 + Number(length)) return;
    const body = text.slice(headEnd + 4);
    text = '';
    take(body);
  });
}
