import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A gateway that runs as a process of its own, as it does for its operator. */
export type GatewayProcess = {
  readonly url: string;
  /** Asks it to stop and waits until it has; its database sessions have then told all they counted. */
  stop(): Promise<void>;
};

/** One key sends all the load, far more than one shop would. */
const unlimited = { RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_PER_ADDRESS: '0' };

/** Starts `node src/main.ts` on a database and a free port, with the settings of an operator who lifted the rate limits. */
export async function startGatewayProcess(
  given: Readonly<Record<'DATABASE_URL' | 'BRAMKA_MODE' | 'BRAMKA_DATA_DIR', string>>,
): Promise<GatewayProcess> {
  const main = join(import.meta.dirname, '..', 'src', 'main.ts');
  const env = {
    PATH: process.env.PATH,
    BRAMKA_SECRET: randomBytes(32).toString('hex'),
    PORT: '0',
    ...unlimited,
    ...given,
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The gateway ended with code ${code}.`)));
    createInterface(child.stdout).on('line', (line) => {
      const ready = /^Bramka is ready: (\S+)$/.exec(line)?.[1];
      if (ready !== undefined) resolve(ready);
    });
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  return { url, stop };
}
