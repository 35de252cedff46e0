import { readConfig } from '../config.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { replaceSecret } from '../kernel/db/require-same-settings.ts';
import { StartError } from '../kernel/start-error.ts';
import { keptSecret } from '../open-storage.ts';
import { withDatabase } from './find-database.ts';
import { runCommand } from './run-command.ts';

const usage = 'Usage: npm run secret:replace -- --lost';
const about = `${usage}

When the secret of a database is lost: has its processes start with the one that is set now (BRAMKA_SECRET, or the file
\`secret\` of a sandbox). The service keys of its shops, which were sealed with the lost one, cannot be read any more: forms
are refused as signed by nobody, and no notification is sent, until each shop has a new one, by rotateServiceKey with
overlapHours: 0. API keys and tokens of the REST door stay good.`;

async function replace(): Promise<void> {
  const config = readConfig();
  await withDatabase(config, 'writes', async (database) => {
    const secret = config.secret ?? (await keptSecret(config.dataDir));
    await inTransaction(database, (tx) => replaceSecret(tx, secret));
  });
}

// `npm run secret:replace`: ends with 0 when it is done, with 2 when it is not.
await runCommand({
  usage,
  about,
  options: { lost: { type: 'boolean' } },
  run: async ({ lost }) => {
    if (!lost) {
      throw new StartError(
        `--lost is needed, since what was sealed with the secret before cannot be read any more.\n${usage}`,
      );
    }
    await replace();
    console.log('The database goes with the present secret now; give each of its shops a new service key.');
    return 0;
  },
});
