import { join } from 'node:path';
import { startFlags } from './start-flags.ts';
import { type Running, startProcess } from './start-process.ts';

/** One key sends all the load, far more than one shop would. */
const unlimited = { RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_PER_ADDRESS: '0' };

/** The same for all that are started on one database. */
const secret = 'a secret for benchmarks only, long enough to be one';

/** Starts `src/main.ts` as `npm start` does, on a database and a free port, with the settings of an operator who lifted the rate limits. */
export function startGatewayProcess(
  given: Readonly<Record<'DATABASE_URL' | 'BRAMKA_MODE' | 'BRAMKA_DATA_DIR', string>> & {
    readonly BRAMKA_ROLE?: 'api';
    readonly NODE_OPTIONS?: string;
  },
): Promise<Running> {
  const options = [...startFlags, given.NODE_OPTIONS ?? ''].join(' ');
  const inProduction = given.BRAMKA_MODE === 'production' && { PUBLIC_URL: 'https://pay.example' };
  const settings = { BRAMKA_SECRET: secret, PORT: '0', ...inProduction, ...unlimited, ...given, NODE_OPTIONS: options };
  return startProcess(join(import.meta.dirname, '..', 'src', 'main.ts'), settings, /^Bramka is ready: (\S+)$/);
}
