import { lookup as lookUp } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Agent, buildConnector, Dispatcher } from 'undici';
import { InvalidInput } from '../kernel/errors.ts';
import { type AddressRule, isPublicIp, parseCallableAddress } from '../kernel/web-address.ts';

/** One POST to a shop: the body goes out byte for byte. */
export type OutgoingRequest = {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

/** What came of a request: an answer, or the reason why there was none, in words that are safe to show. */
export type SendOutcome = { readonly durationMs: number } & (
  | { readonly status: number; readonly body: string }
  | { readonly status: undefined; readonly error: string }
);

/** Says whether the shop has acknowledged a notification: with exactly the status 200 (imoje protocol, section 4). */
export function isAcknowledged({ status }: SendOutcome): boolean {
  return status === 200;
}

export type RequestSender = {
  /** Sends a request once. Never throws: whatever goes wrong is an outcome. Redirects are answers, not followed. */
  send(request: OutgoingRequest): Promise<SendOutcome>;
  /** Ends all connections, those in use as well. */
  close(): Promise<void>;
};

export type SenderOptions = {
  /** `public` calls only public addresses on default ports; `any`, for the sandbox, calls whatever it is told to. */
  readonly addressRule: AddressRule;
  /** How long one request may take as a whole, in milliseconds. */
  readonly timeoutMs?: number;
  /** Where names are looked up. */
  readonly lookUp?: LookUp;
  /** How connections are opened, given the checked look-up that they must use for names. */
  readonly dial?: (lookup: LookupFunction) => buildConnector.connector;
};

/** Finds all addresses of a name. */
export type LookUp = (
  name: string,
  options: { readonly all: true },
  callback: (error: Error | null, addresses: { address: string; family: number }[]) => void,
) => void;

/** Of a longer answer only this much is read. */
const answerBytesMax = 64 * 1024;
const defaultTimeoutMs = 15_000;

/** A name that resolves to an address that may not be called. */
class AddressRefused extends Error {}

/**
 * Makes the one door through which the gateway calls addresses that others gave it. In production it must not become a
 * way into our own network, so a literal address is checked before the call, and the addresses of a name when it is
 * looked up for the very connection that is then opened: nothing can change in between.
 */
export function createRequestSender(options: SenderOptions): RequestSender {
  const { addressRule, timeoutMs = defaultTimeoutMs } = options;
  let opened: Promise<Agent> | undefined;
  // It takes a tenth of a start to load, and most processes call nobody for a while, or never.
  const open = async (): Promise<Agent> => {
    const { Agent, buildConnector } = await import('undici');
    const dial = options.dial ?? ((lookup) => buildConnector({ lookup, timeout: timeoutMs, allowH2: false }));
    return new Agent({ connect: dial(checkedLookup(options.lookUp ?? lookUp, addressRule)), allowH2: false });
  };
  return {
    send: async (request) => {
      opened ??= open();
      const agent = await opened;
      const start = performance.now();
      const result = await attempt(request, { agent, addressRule, timeoutMs });
      return { durationMs: Math.round(performance.now() - start), ...result };
    },
    close: async () => (await opened)?.destroy(),
  };
}

type Door = { readonly agent: Agent; readonly addressRule: AddressRule; readonly timeoutMs: number };
type Result = { status: number; body: string } | { status: undefined; error: string };

async function attempt(request: OutgoingRequest, door: Door): Promise<Result> {
  try {
    const url = new URL(parseCallableAddress(request.url, door.addressRule, ['notificationUrl']));
    const answer = await door.agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers: { ...request.headers },
      body: request.body,
      signal: AbortSignal.timeout(door.timeoutMs),
    });
    return { status: answer.statusCode, body: await readStart(answer.body) };
  } catch (error) {
    return { status: undefined, error: wordsFor(error, door.timeoutMs) };
  }
}

/** Reads the first 64 KiB of an answer. One that breaks off is kept as far as it came: its status has been said. */
async function readStart(body: Dispatcher.ResponseData['body']): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of body) {
      parts.push(part);
      size += part.length;
      if (size >= answerBytesMax) break;
    }
  } catch {
    // The connection broke or time was up; what came before is the answer.
  }
  return Buffer.concat(parts).subarray(0, answerBytesMax).toString('utf8');
}

/** All addresses of a name must be good, so that it does not matter which of them is dialled. */
function checkedLookup(find: LookUp, rule: AddressRule): LookupFunction {
  return (name, options, callback) => {
    find(name, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      const bad = rule === 'public' && addresses?.some(({ address }) => !isPublicIp(address));
      if (error) callback(error, '', 0);
      else if (!first || bad) callback(new AddressRefused(), '', 0);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

const words: { readonly [code: string]: string } = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was reset.',
  ENOTFOUND: 'The host name does not exist.',
  EAI_AGAIN: 'The host name could not be looked up.',
  EHOSTUNREACH: 'The host cannot be reached.',
  ENETUNREACH: 'The network of the host cannot be reached.',
  UND_ERR_SOCKET: 'The connection was closed before an answer came.',
  UND_ERR_CONNECT_TIMEOUT: 'No connection could be made in time.',
};

/** Says what went wrong in our own words: messages of libraries may hold what is not to be shown. */
function wordsFor(error: unknown, timeoutMs: number): string {
  if (error instanceof InvalidInput) return error.message;
  if (error instanceof AddressRefused) return 'The host name leads to an address that is not public.';
  if (error instanceof Error && error.name === 'TimeoutError') return `No answer came within ${timeoutMs / 1000} s.`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'without a code';
  return words[code] ?? `The request failed (${code}).`;
}
