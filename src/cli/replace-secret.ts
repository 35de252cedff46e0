import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { inTransaction, openDatabase } from '../kernel/db/database.ts';
import { replaceSecret } from '../kernel/db/require-secret.ts';
import { StartError } from '../kernel/start-error.ts';
import { keptSecret } from '../open-storage.ts';
import { explainMissingTable, findDatabase } from './find-database.ts';

const usage = 'Usage: npm run secret:replace -- --lost';
const about = `${usage}

When the secret of a database is lost: has its processes start with the one that is set now (BRAMKA_SECRET, or the file
\`secret\` of a sandbox). The service keys of its shops, which were sealed with the lost one, cannot be read any more: forms and
REST calls are refused and no notification is signed until each shop has a new one, by rotateServiceKey with overlapHours: 0.`;

/** @throws StartError when the command is used wrongly. */
function readWish(): 'help' | 'replace' {
  try {
    const { lost, help } = parseArgs({ options: { lost: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
    if (help) return 'help';
    if (lost) return 'replace';
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${usage}`);
  }
  throw new StartError(
    `--lost is needed, since what was sealed with the secret before cannot be read any more.\n${usage}`,
  );
}

async function replace(): Promise<void> {
  const config = readConfig();
  const database = openDatabase({ url: await findDatabase(config), connectionsMax: 1 });
  try {
    const secret = config.secret ?? (await keptSecret(config.dataDir));
    await inTransaction(database, (tx) => replaceSecret(tx, secret));
  } catch (error) {
    throw explainMissingTable(error);
  } finally {
    await database.close();
  }
}

// `npm run secret:replace`: ends with 0 when it is done, with 2 when it is not.
try {
  if (readWish() === 'help') {
    console.log(about);
  } else {
    await replace();
    console.log('The database goes with the present secret now; give each of its shops a new service key.');
  }
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 2;
}
