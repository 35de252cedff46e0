import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** The word `bramka` in ASCII: PostgreSQL names advisory locks by number. */
const lockNumber = '0x6272616d6b61';
const retakeWithinMs = 10_000;
const retakeEveryMs = 200;

/** A lock on a database server that says: a gateway lives here. */
export type DataDirLock = {
  /** Resolves when the lock is gone for good although nobody released it: the database died, or another took it. */
  readonly lost: Promise<void>;
  /** Stops watching: from now on the session may end, as when its server is stopped on purpose. */
  unwatch(): void;
  /** Gives the lock back. */
  release(): Promise<void>;
};

/**
 * Takes the lock that only one living gateway can hold. It hangs on a database session, so it ends with the process
 * that took it, however that ends. Locks are per database, so every gateway must come with the same one.
 * @returns undefined when another gateway holds it.
 */
export async function lockDataDir(url: string): Promise<DataDirLock | undefined> {
  let session = await lockingSession(url);
  if (session === undefined) return undefined;
  let watched = true;
  const watch = async (): Promise<void> => {
    while (session !== undefined) {
      await ended(session);
      session = watched ? await retake(url, () => watched) : undefined;
    }
  };
  const over = watch();
  return {
    lost: over,
    unwatch() {
      watched = false;
    },
    async release() {
      watched = false;
      await session?.end();
      await over;
    },
  };
}

async function lockingSession(url: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString: url, application_name: 'bramka lock', keepAlive: true });
  // A broken session shows itself by its end; unheard, its error would end the process.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1::bigint) as taken', [
    BigInt(lockNumber).toString(),
  ]);
  if (rows[0]?.taken) return client;
  await client.end();
  return undefined;
}

function ended(session: pg.Client): Promise<void> {
  return new Promise((done) => {
    session.once('end', () => done());
  });
}

/** After the crash of one session PostgreSQL ends all, and is back soon; then the lock is to be had again. */
async function retake(url: string, wanted: () => boolean): Promise<pg.Client | undefined> {
  const end = performance.now() + retakeWithinMs;
  while (wanted() && performance.now() < end) {
    const session = await lockingSession(url).catch(() => 'unreachable' as const);
    if (session !== 'unreachable') return session;
    await pause(retakeEveryMs);
  }
  return undefined;
}
