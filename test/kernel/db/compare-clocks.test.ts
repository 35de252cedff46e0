import { expect, it } from 'vitest';
import { systemClock } from '../../../src/kernel/clock.ts';
import { compareClocks } from '../../../src/kernel/db/compare-clocks.ts';
import { openDatabase } from '../../../src/kernel/db/database.ts';
import { createLog } from '../../../src/kernel/log.ts';
import { openTestDatabase } from '../../support/database.ts';

const database = await openTestDatabase();
const hour = 3_600_000;

it.each([
  [-3 * hour, [/^the clock of this machine is 10\d{3} seconds behind that of the database; set both right, by NTP$/]],
  [3 * hour, [/^the clock of this machine is 10\d{3} seconds ahead of that of the database/]],
  [0, []],
])(
  'A clock that differs by %d ms from that of the database is told of, if it is by much',
  async (clockOffsetMs, told) => {
    const said: string[] = [];
    const log = createLog('warn', { write: (line) => said.push(JSON.parse(line).msg) });
    await compareClocks(database, { clock: { now: () => systemClock.now({ clockOffsetMs }) }, log });
    expect(said).toEqual(told.map((line) => expect.stringMatching(line)));
  },
);

it('A database that keeps no times of its sessions is taken as it is', async () => {
  const blind = openDatabase({ url: `${database.url}&options=-c%20track_activities=off` });
  const said: string[] = [];
  const log = createLog('warn', { write: (line) => said.push(line) });
  await compareClocks(blind, { clock: systemClock, log }).finally(() => blind.close());
  expect(said).toEqual([]);
});
