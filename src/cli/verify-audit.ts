import { parseArgs } from 'node:util';
import { formatHead, type Head, parseHead } from '../audit/model.ts';
import { type AuditVerdict, verifyLog } from '../audit/verify-log.ts';
import { readConfig } from '../config.ts';
import { openDatabase } from '../kernel/db/database.ts';
import { StartError } from '../kernel/start-error.ts';
import { explainMissingTable, findDatabase } from './find-database.ts';

const usage = 'Usage: npm run audit:verify -- [--expect SEQUENCE:HASH]';

type Wish = { readonly expected: Head | undefined };

/** @throws StartError when the command is used wrongly. */
function readWish(): Wish | 'help' {
  const { expect, help } = readOptions();
  if (help) return 'help';
  const expected = expect === undefined ? undefined : parseHead(expect);
  if (expect !== undefined && !expected) {
    throw new StartError(`--expect takes what the command printed as the head: a number, a colon and 64 hex digits.`);
  }
  return { expected };
}

function readOptions() {
  try {
    return parseArgs({ options: { expect: { type: 'string' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${usage}`);
  }
}

async function verify({ expected }: Wish): Promise<AuditVerdict> {
  const database = openDatabase({ url: await findDatabase(readConfig()), connectionsMax: 1 });
  try {
    return await verifyLog(database, { expected, onFault: ({ what }) => console.log(what) });
  } catch (error) {
    throw explainMissingTable(error);
  } finally {
    await database.close();
  }
}

function inWords(faults: number): string {
  if (faults === 0) return 'nothing is wrong';
  return faults === 1 ? 'one thing is wrong' : `${faults} things are wrong`;
}

// `npm run audit:verify`: reads the audit log from end to end and corrects nothing. It ends with 0 when nothing is wrong,
// with 1 when something is, and with 2 when it could not be read.
try {
  const wish = readWish();
  if (wish === 'help') {
    console.log(usage);
  } else {
    const { entries, faults, head } = await verify(wish);
    console.log(`${entries} ${entries === 1 ? 'entry' : 'entries'}, ${inWords(faults)}.`);
    // A head of a log that is wrong would vouch for what was done to it.
    console.log(faults === 0 ? `Head: ${formatHead(head)}` : 'No head to keep: keep the one that you have.');
    process.exitCode = faults === 0 ? 0 : 1;
  }
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 2;
}
