import { AsyncLocalStorage } from 'node:async_hooks';
import { randomInt } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isIP, type Socket } from 'node:net';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import type { NatsServers } from './parse-nats-url.ts';

/** A silent server is given up after two of these, in milliseconds. */
const pingIntervalMs = 10_000;
const connectWithinMs = 5_000;
/** What Node tells of each socket that connects. */
const socketChannel = 'net.client.socket';
/** The sockets of the connection that is being made. */
const dialled = new AsyncLocalStorage<Set<Socket>>();

/**
 * Connects to one of the servers: they are tried one after the other, beginning at any of them.
 * @returns undefined when the signal ends that, at once.
 * @throws an Error that says of each server why it is none.
 */
export async function connectNats(nats: NatsServers, signal: AbortSignal): Promise<NatsConnection | undefined> {
  const first = randomInt(nats.servers.length);
  const reasons: string[] = [];
  for (const server of [...nats.servers.slice(first), ...nats.servers.slice(0, first)]) {
    try {
      const connection = await dial(nats, server, signal);
      if (!signal.aborted) return connection;
      await connection.close();
    } catch (error) {
      // Only the words: what hangs on errors of a library is not ours to know.
      reasons.push(`${server}: ${(error instanceof Error ? error.message : String(error)).trim()}`);
    }
    if (signal.aborted) return undefined;
  }
  // In one order, so that the same is said in the same words.
  throw new Error(reasons.toSorted().join('; '));
}

/** Connects to one server, or rejects when the signal ends that. The library forgets the socket of a server that is silent, so it is closed here. */
async function dial(nats: NatsServers, server: string, signal: AbortSignal): Promise<NatsConnection> {
  // Loaded here because most gateways have no NATS.
  const { connect } = await import('@nats-io/transport-node');
  signal.throwIfAborted();
  const sockets = new Set<Socket>();
  const note = (message: unknown): void => {
    if (dialled.getStore() === sockets) sockets.add((message as { readonly socket: Socket }).socket);
  };
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  subscribe(socketChannel, note);
  signal.addEventListener('abort', stop);
  const connecting = dialled.run(sockets, () => connect(optionsOf(nats, server)));
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    for (const socket of sockets) socket.destroy();
    void connecting.then((late) => late.close()).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    unsubscribe(socketChannel, note);
  }
}

function optionsOf({ credentials, tls }: NatsServers, server: string): ConnectionOptions {
  return {
    ...{ servers: [server], ...credentials, ...(tls ? { tls: tlsOf(server) } : {}) },
    ...{ name: 'bramka', noEcho: true, pingInterval: pingIntervalMs, maxPingOut: 2, timeout: connectWithinMs },
    // We connect anew ourselves: the library would keep all that is published meanwhile. What it hears of other servers is not
    // to be tried either, as whose certificate is to be checked is said of this one.
    ...{ reconnect: false, ignoreClusterUpdates: true },
  };
}

/** Of a server that is given by its IP address Node would take a certificate for `localhost`, unless it is told the address. */
function tlsOf(server: string): object {
  const host = new URL(`nats://${server}`).hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) > 0 ? { host } : {};
}
