import pg from 'pg';
import { prepareHome } from '../../src/kernel/db/embedded-home.ts';
import {
  createCluster,
  openServer,
  runningServer,
  stopServer,
  superuser,
} from '../../src/kernel/db/embedded-server.ts';

/** A PostgreSQL of its own, as durable as that of a shop, which can be stopped in the middle of everything. */
export type Cluster = {
  /** Where it listens now; undefined while it does not run. Each start has a port of its own. */
  port(): number | undefined;
  /** The address of its database `bramka` behind a port. */
  addressAt(port: number): string;
  /** Stops it as `pg_ctl stop -m immediate` does: sessions end at once, and the next start replays the log. */
  stopImmediately(): Promise<void>;
  start(): Promise<void>;
  end(): Promise<void>;
};

const database = 'bramka';
/** Each worker may have some fifty connections, and after a kill the dead one's linger beside those of its successor. */
const settings = { max_connections: '400' };

/** Makes a cluster in a folder, starts it, and makes its database. */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const home = await prepareHome(dataDir);
  await createCluster(home, false);
  const { port } = await openServer(home, settings);
  const addressAt = (place: number, name = database): string =>
    `postgresql://${superuser}:${home.password}@127.0.0.1:${place}/${name}?sslmode=disable`;
  const client = new pg.Client({ connectionString: addressAt(port, 'postgres') });
  await client.connect();
  await client.query(`create database ${database}`);
  await client.end();
  const running = () => runningServer(home.cluster);
  return {
    port: () => running()?.port,
    addressAt,
    stopImmediately: async () => {
      const server = running();
      if (server === undefined) return;
      process.kill(server.pid, 'SIGQUIT');
      await gone(() => running()?.pid !== server.pid);
    },
    start: async () => void (await openServer(home, settings)),
    end: async () => {
      const server = running();
      if (server !== undefined) await stopServer(home.cluster, server.pid);
    },
  };
}

/** PostgreSQL is no child of ours, so its end has to be looked for. */
async function gone(isGone: () => boolean): Promise<void> {
  while (!isGone()) await new Promise((done) => setTimeout(done, 10));
}
