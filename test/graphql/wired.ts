import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../src/app.ts';
import type { Config } from '../../src/config.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { openDatabase } from '../../src/kernel/db/database.ts';
import { createLog, type Log } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import type { TestGateway } from '../support/gateway.ts';

export type Wired = Pick<TestGateway, 'url' | 'demo'> & { stop(): Promise<void> };

/**
 * Wires a second gateway on the database of one that runs, in another mode or with another log. A database of the tests
 * is too careless for a whole production to start on it.
 */
export async function wireAgain(
  gateway: TestGateway,
  { log = createLog('silent'), ...changes }: Partial<Pick<Config, 'mode'>> & { readonly log?: Log },
): Promise<Wired> {
  const config: Config = { ...gateway.config, ...changes };
  const database = openDatabase({ url: config.databaseUrl ?? '', connectionsMax: 4 });
  const secret = 'a secret for tests only, long enough to be one';
  const parts = { config, database, clock: systemClock, log, metrics: createMetrics(), secret };
  const app = await createApp({ ...parts, publicUrl: gateway.url });
  const server = createServer((req, res) => void app.handle(req, res));
  server.on('upgrade', app.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    demo: gateway.demo,
    stop: async () => {
      await app.endStreams();
      server.closeAllConnections();
      server.close();
      await app.finish();
      await database.close();
    },
  };
}
