import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A NATS server of its own process, on a port of the loopback. */
export type NatsServer = {
  readonly port: number;
  readonly url: string;
  /** Ends it as an operator does, with all its connections. */
  stop(): Promise<void>;
};

export type NatsOptions = {
  /** The port of a server that was stopped, to come back as it; undefined takes a free one. */
  readonly port?: number;
  /** Whoever connects must say these. */
  readonly login?: { readonly user: string; readonly pass: string };
  /** A file of settings; what is in it comes after the rest. */
  readonly config?: string;
};

/** Starts Debian's nats-server and waits until it takes connections. */
export async function startNats({ port, login, config }: NatsOptions = {}): Promise<NatsServer> {
  const args = ['--addr', '127.0.0.1', '--port', String(port ?? -1)];
  if (login) args.push('--user', login.user, '--pass', login.pass);
  if (config) args.push('--config', config);
  const child = spawn('nats-server', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const taken = await new Promise<number>((resolve, reject) => {
    const missing = 'nats-server cannot be started; install the package nats-server';
    child.once('error', (cause) => reject(new Error(missing, { cause })));
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code}`)));
    let listening: number | undefined;
    createInterface(child.stderr).on('line', (line) => {
      listening ??= Number(/client connections on 127\.0\.0\.1:(\d+)/.exec(line)?.[1]) || undefined;
      if (listening !== undefined && line.includes('Server is ready')) resolve(listening);
    });
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await ended;
  };
  return { port: taken, url: `nats://127.0.0.1:${taken}`, stop };
}
