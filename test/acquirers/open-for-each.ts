import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Gives the tests of a file one database, on which `open` makes anew before each of them what it needs. */
export function openForEach(open: (database: Database) => Promise<void>): void {
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await createTestDatabase();
    database = openDatabase({ url: home.url });
  });

  beforeEach(() => open(database));

  // What one test left for later is none of the next one's business.
  afterEach(async () => {
    await database.pool.query('delete from timer');
  });

  afterAll(async () => {
    await database.close();
    await home.drop();
  });
}
