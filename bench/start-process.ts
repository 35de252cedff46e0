import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A server that runs as a process of its own. */
export type Running = {
  readonly url: string;
  /** Fails when it has ended: whoever waits for its work would wait in vain. */
  requireAlive(): void;
  /** Asks it to stop and waits until it has; its database sessions have then told all they counted. */
  stop(): Promise<void>;
};

/** Starts a script on this Node, and waits for the line that says where it listens. */
export async function startProcess(
  script: string,
  settings: Readonly<Record<string, string>>,
  ready: RegExp,
): Promise<Running> {
  const env = { PATH: process.env.PATH, ...settings };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${script} ended with code ${code}.`)));
    createInterface(child.stdout).on('line', (line) => {
      const address = ready.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const requireAlive = (): void => {
    if (!isAlive()) throw new Error(`${script} ended with ${child.signalCode ?? `code ${child.exitCode}`}.`);
  };
  const stop = async (): Promise<void> => {
    if (isAlive()) child.kill('SIGTERM');
    await ended;
  };
  return { url, requireAlive, stop };
}
