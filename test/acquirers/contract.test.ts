import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { acquirerContract } from './contract.ts';
import { sandboxFixtures } from './sandbox-fixtures.ts';
import type { AcquirerFixture } from './under-test.ts';

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
});

// What one test left for later is none of the next one's business.
afterEach(async () => {
  await database.pool.query('delete from timer');
});

afterAll(async () => {
  await database.close();
  await home.drop();
});

/** By folder. An acquirer that is added gives its own here, and then has to pass all below. */
const fixtures: Readonly<Record<string, AcquirerFixture>> = { ...sandboxFixtures };

const folder = join(import.meta.dirname, '../../src/acquirers');
const acquirers = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'acquirer.ts')));

it('Every acquirer, and nothing else, gives a fixture for the contract', () => {
  expect(Object.keys(fixtures).sort()).toEqual(acquirers.sort());
  expect(acquirers).toContain('sandbox-blik');
});

describe.each(Object.entries(fixtures))('%s', (name, fixture) => {
  it('is named as its folder', async () => {
    expect((await fixture.make(database)).acquirer.name).toBe(name);
  });

  acquirerContract(fixture, () => fixture.make(database));
});
