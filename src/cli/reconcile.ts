import { readFile, writeFile } from 'node:fs/promises';
import type { Acquirer, DayFileLine } from '../acquirers/port.ts';
import { type Config, readConfig } from '../config.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { StartError } from '../kernel/start-error.ts';
import { describeDifferences } from '../statements/describe-differences.ts';
import { parseStatementDay, type StatementDay } from '../statements/model.ts';
import { parseDayFile } from '../statements/parse-day-file.ts';
import { type Reconciliation, reconcileDay } from '../statements/reconcile-day.ts';
import { writeDayFile } from '../statements/write-day-file.ts';
import { withDatabase } from './find-database.ts';
import { runCommand } from './run-command.ts';

const usage = 'Usage: npm run reconcile -- --acquirer NAME --day 2026-11-26 [--file day.csv] [--save day.csv] [--json]';

/** What the command was asked for. */
type Wish = {
  readonly acquirer: string;
  readonly day: StatementDay;
  /** A day file to compare with; undefined: the acquirer is asked for it. */
  readonly file: string | undefined;
  /** Where to keep what the acquirer said. */
  readonly save: string | undefined;
  readonly json: boolean;
};

type Given = Partial<Omit<Wish, 'day'>> & { readonly day?: string };

/** @throws StartError when the command is used wrongly. */
function toWish({ acquirer, day, file, save, json = false }: Given): Wish {
  if (acquirer === undefined || day === undefined) throw new StartError(`--acquirer and --day are needed.\n${usage}`);
  const statementDay = parseStatementDay(day);
  if (!statementDay) throw new StartError(`${JSON.stringify(day)} is no day; write it as 2026-11-26.`);
  return { acquirer, day: statementDay, file, save, json };
}

/** Compares, and says what differs. */
async function reconcile(wish: Wish): Promise<Reconciliation> {
  const config = readConfig();
  const lines = wish.file === undefined ? undefined : await readLines(wish.file);
  return withDatabase(config, 'reads', async (database) => {
    const acquirer = await findAcquirer(wish.acquirer, { config, database });
    return reconcileDay({ database }, { acquirer, day: wish.day, lines });
  });
}

async function readLines(file: string): Promise<readonly DayFileLine[]> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new StartError(`The day file cannot be read: ${error.message}.`);
  });
  const { lines, mistakes } = parseDayFile(text);
  if (mistakes) throw new StartError([`${file} cannot be used.`, ...mistakes].join('\n'));
  return lines;
}

/** Loads the gateway's wiring only here, so that a command that is used wrongly is told so at once. */
async function findAcquirer(
  name: string,
  parts: { readonly config: Config; readonly database: Database },
): Promise<Acquirer> {
  const { createAcquirers } = await import('../app.ts');
  const acquirers = createAcquirers({ ...parts, clock: systemClock });
  const acquirer = acquirers.get(name);
  if (acquirer) return acquirer;
  const known = [...acquirers.keys()].join(', ') || 'none';
  throw new StartError(`There is no acquirer ${JSON.stringify(name)}; this gateway has ${known}.`);
}

/** The result for programs. Amounts are texts, since a number of JSON holds no more than 53 bits of them. */
function toJson({ lines: _, ...result }: Reconciliation): string {
  return JSON.stringify(result, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2);
}

// `npm run reconcile`: compares our books with an acquirer's day file, and corrects nothing. It ends with 0 when there is no
// difference, with 1 when there is one, and with 2 when it could not compare.
const text = { type: 'string' } as const;
await runCommand({
  usage,
  options: { acquirer: text, day: text, file: text, save: text, json: { type: 'boolean' } },
  run: async (given) => {
    const wish = toWish(given);
    const result = await reconcile(wish);
    if (wish.save !== undefined) await writeFile(wish.save, writeDayFile(result.lines));
    console.log(wish.json ? toJson(result) : describeDifferences(result).join('\n'));
    return result.differences.length === 0 ? 0 : 1;
  },
});
