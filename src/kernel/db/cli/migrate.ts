import { StartError } from '../../start-error.ts';
import { withClearMode } from '../clear-mode.ts';
import { startEmbedded } from '../embedded.ts';
import { migrate } from '../migrate.ts';
import { requireDatabase } from '../require-database.ts';

// `npm run migrate`: applies what is pending, to DATABASE_URL or to the embedded database. This command runs without the
// gateway and its configuration, so it reads these two variables of the environment itself.
const { DATABASE_URL: databaseUrl, BRAMKA_DATA_DIR: dataDir = '.bramka' } = process.env;

async function run(): Promise<readonly string[]> {
  if (databaseUrl) {
    const url = withClearMode(databaseUrl);
    // Of what is no address `migrate` says so; a server would only be said not to be found.
    if (URL.canParse(url)) await requireDatabase(url, { writes: true, durable: false });
    return (await migrate(url)).applied;
  }
  const embedded = await startEmbedded({ dataDir });
  try {
    return (await migrate(embedded.url)).applied;
  } finally {
    await embedded.stop();
  }
}

try {
  const applied = await run();
  console.log(applied.length === 0 ? 'Nothing to apply.' : applied.map((name) => `Applied ${name}.`).join('\n'));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
