import { formatHead, type Head, parseHead } from '../audit/model.ts';
import { type AuditVerdict, verifyLog } from '../audit/verify-log.ts';
import { readConfig } from '../config.ts';
import { StartError } from '../kernel/start-error.ts';
import { withDatabase } from './find-database.ts';
import { runCommand } from './run-command.ts';

const usage = 'Usage: npm run audit:verify -- [--expect SEQUENCE:HASH]';

/** @throws StartError when it is no head. */
function readHead(text: string): Head {
  const head = parseHead(text);
  if (head) return head;
  throw new StartError('--expect takes what the command printed as the head: a number, a colon and 64 hex digits.');
}

function verify(expected: Head | undefined): Promise<AuditVerdict> {
  return withDatabase(readConfig(), 'reads', (database) =>
    verifyLog(database, { expected, onFault: ({ what }) => console.log(what) }),
  );
}

function inWords(faults: number): string {
  if (faults === 0) return 'nothing is wrong';
  return faults === 1 ? 'one thing is wrong' : `${faults} things are wrong`;
}

// `npm run audit:verify`: reads the audit log from end to end and corrects nothing. It ends with 0 when nothing is wrong,
// with 1 when something is, and with 2 when it could not be read.
await runCommand({
  usage,
  options: { expect: { type: 'string' } },
  run: async ({ expect }) => {
    const { entries, faults, head } = await verify(expect === undefined ? undefined : readHead(expect));
    console.log(`${entries} ${entries === 1 ? 'entry' : 'entries'}, ${inWords(faults)}.`);
    // A head of a log that is wrong would vouch for what was done to it.
    console.log(faults === 0 ? `Head: ${formatHead(head)}` : 'No head to keep: keep the one that you have.');
    return faults === 0 ? 0 : 1;
  },
});
