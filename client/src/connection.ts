import { requireOptions, requireWhole } from './check-options.ts';
import type { Pauses } from './pause.ts';

/** Makes WebSockets: the class of a browser, of Node, or of the package ws. */
export type WebSocketClass = new (url: string | URL, protocols?: string | string[]) => object;

/** Where the gateway is, and how it is asked. */
export type ClientOptions = {
  /** Address of the gateway, `https://pay.example`, or of its `/graphql`. */
  readonly url: string;
  /** `bk_test_…` or `bk_live_…`. In a page everybody can read it: give pages none that may do more than they should. */
  readonly apiKey: string;
  /** Address of the WebSocket, when it is not that of `url`. */
  readonly websocketUrl?: string | undefined;
  /** How long one try may take, in milliseconds; 30,000 if left out. */
  readonly timeoutMs?: number | undefined;
  /** How often a call that may be repeated is tried again; 4 if left out, 0 is never. */
  readonly retries?: number | undefined;
  /** Pauses between tries, also of subscriptions: from 250 ms to 15 s where one is left out. */
  readonly pauses?: { readonly [name in keyof Pauses]?: number | undefined } | undefined;
  /** How often a quiet subscription asks whether the gateway is still there, in milliseconds; 15,000 if left out, 0 is never. */
  readonly heartbeatMs?: number | undefined;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * Instead of the `WebSocket` of the browser; in Node that of the package ws is taken, which can be cut off when nobody answers.
   * Node's own cannot: it may keep the process from its end for as long as a gateway does not answer its goodbye.
   */
  readonly WebSocket?: WebSocketClass | undefined;
};

/** The options with everything decided. The key stands in no other place of a client. */
export type Connection = {
  readonly url: string;
  readonly websocketUrl: string;
  readonly authorization: string;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly pauses: Pauses;
  readonly heartbeatMs: number;
  readonly fetch: typeof globalThis.fetch;
  readonly loadWebSocket: () => Promise<WebSocketClass | undefined>;
};

const clientOptions: Readonly<Record<keyof ClientOptions, true>> = {
  ...{ url: true, apiKey: true, websocketUrl: true, timeoutMs: true, retries: true, pauses: true, heartbeatMs: true },
  ...{ fetch: true, WebSocket: true },
};

const pausesOptions: Readonly<Record<keyof Pauses, true>> = { firstMs: true, longestMs: true };

/** Timers count milliseconds in 31 bits. */
const millisecondsMax = 2 ** 31 - 1;

/** @throws TypeError for an option that there is not, and for an address, a key or a number that cannot be one. The message never has the key, or a password, in it. */
export function openConnection(options: ClientOptions): Connection {
  requireOptions('createClient', options, clientOptions);
  const milliseconds = { min: 0, max: millisecondsMax };
  requireWhole('timeoutMs', options.timeoutMs, { ...milliseconds, min: 1 });
  requireWhole('heartbeatMs', options.heartbeatMs, milliseconds);
  requireWhole('retries', options.retries, { min: 0, max: 1_000 });
  const { pauses = {} } = options;
  requireOptions('pauses', pauses, pausesOptions);
  for (const name of ['firstMs', 'longestMs'] as const) requireWhole(`pauses.${name}`, pauses[name], milliseconds);
  for (const name of ['fetch', 'WebSocket'] as const) {
    const given = options[name];
    if (given !== undefined && typeof given !== 'function') throw new TypeError(`${name} must be a function.`);
  }
  const url = addressOf(options.url, ['http:', 'https:'], 'url');
  url.pathname = url.pathname.replace(/\/+$/, '') || '/graphql';
  const socketUrl = options.websocketUrl ?? url.href.replace(/^http/, 'ws');
  // A header with anything else would be refused by fetch, in a message that has the whole header in it.
  if (typeof options.apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(options.apiKey))
    throw new TypeError('apiKey must be an API key, without blanks or line ends.');
  return {
    url: url.href,
    websocketUrl: addressOf(socketUrl, ['ws:', 'wss:'], 'websocketUrl').href,
    authorization: `Bearer ${options.apiKey}`,
    timeoutMs: options.timeoutMs ?? 30_000,
    retries: options.retries ?? 4,
    pauses: { firstMs: pauses.firstMs ?? 250, longestMs: pauses.longestMs ?? 15_000 },
    heartbeatMs: options.heartbeatMs ?? 15_000,
    // Called as a plain function: browsers refuse their fetch as a method of something else.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    loadWebSocket: async () => options.WebSocket ?? (await loadWebSocket()),
  };
}

function isNode(): boolean {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined;
}

/**
 * That of the platform, and in Node that of the package ws, unless a bundler has put something else in its place.
 * @throws what keeps the package from being loaded, where the platform has none of its own.
 */
async function loadWebSocket(): Promise<WebSocketClass | undefined> {
  const { WebSocket: ofPlatform } = globalThis as { readonly WebSocket?: WebSocketClass };
  if (!isNode()) return ofPlatform;
  try {
    const { WebSocket: ofPackage } = (await import('ws')) as { readonly WebSocket?: WebSocketClass };
    return ofPackage ?? ofPlatform;
  } catch (error) {
    if (!ofPlatform) throw error;
    return ofPlatform;
  }
}

function addressOf(text: string, schemes: readonly string[], name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password)
    throw new TypeError(
      `${name} must be an address without a user name and a password; apiKey is what a gateway knows you by.`,
    );
  if (url && schemes.includes(url.protocol)) {
    // Browsers send none anyway, and a WebSocket takes none.
    url.hash = '';
    return url;
  }
  const begins = schemes.map((scheme) => `${scheme}//`).join(' or ');
  throw new TypeError(
    `${name} must be an address that begins with ${begins}, then a host and perhaps a port of at most 65535.`,
  );
}
