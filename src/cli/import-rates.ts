import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readConfig } from '../config.ts';
import { importTables, type TableFile } from '../fx/import-tables.ts';
import { systemClock } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { StartError } from '../kernel/start-error.ts';
import { withDatabase } from './find-database.ts';
import { runCommand } from './run-command.ts';

const usage = 'Usage: npm run fx:import -- FILE …';
const about = `${usage}

Imports tables A of the National Bank of Poland: its XML (a001z260102.xml) or the JSON of its interface. All tables of all
files are imported, or none; those that are known already change nothing.`;

/** Only names have letters beyond ASCII, and none of them is read, so every encoding that NBP has used is read as one. */
async function readTableFile(path: string): Promise<TableFile> {
  const text = await readFile(path, 'latin1').catch((error: Error) => {
    throw new StartError(`The table cannot be read: ${error.message}.`);
  });
  return { name: basename(path), text };
}

async function importRates(paths: readonly string[]): Promise<string> {
  const files = await Promise.all(paths.map(readTableFile));
  const { written, known } = await withDatabase(readConfig(), 'writes', (database) =>
    inTransaction(database, (tx) => importTables(tx, files, systemClock.now())),
  );
  return `${written} ${written === 1 ? 'table' : 'tables'} imported, ${known} known already.`;
}

// `npm run fx:import`: all tables of all files, or none. It ends with 0 when they are there, with 1 when a file cannot be
// taken, and with 2 when it could not import at all.
await runCommand({
  usage,
  about,
  options: {},
  takesOperands: true,
  run: async (_values, paths) => {
    if (paths.length === 0) throw new StartError(`At least one file is needed.\n${usage}`);
    try {
      console.log(await importRates(paths));
      return 0;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      console.error(error.message);
      return 1;
    }
  },
});
