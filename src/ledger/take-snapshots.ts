import { type Database, inTransaction, type Tx } from '../kernel/db/database.ts';
import { countPostings } from './sql/count-postings.ts';
import { holdProgress, noteWriters } from './sql/read-progress.ts';

/** Postings that one transaction counts, so that the first round on an old database is made of short ones. */
const postingsAtOnce = 20_000n;

/**
 * Brings the snapshots up to date, beside any number of writers and other workers, without keeping a writer waiting.
 *
 * Numbers of postings are handed out before commits, so a posting with a smaller number may appear after one with a larger.
 * A round therefore counts only up to a number whose every holder is known to have ended: it notes the last number handed
 * out and who is writing at that moment, and once none of those writes any more, all up to the number is decided. Under
 * load that is one round later. Each round moves the place up to which is counted in the same transaction, so a round
 * that is killed or repeated counts nothing twice.
 */
export async function takeSnapshots(database: Database): Promise<void> {
  await countNoted(database);
  if (await inTransaction(database, note)) await countNoted(database);
}

/** @returns whether there is something new to count. */
async function note(tx: Tx): Promise<boolean> {
  const noted = await holdProgress(tx);
  return noted !== undefined && noted.handedOut === noted.countedThrough && (await noteWriters(tx));
}

async function countNoted(database: Database): Promise<void> {
  while (await inTransaction(database, countSome));
}

/** @returns whether there is more to count. */
async function countSome(tx: Tx): Promise<boolean> {
  const noted = await holdProgress(tx);
  if (!noted || noted.openWriters > 0 || noted.handedOut === noted.countedThrough) return false;
  const most = noted.countedThrough + postingsAtOnce;
  const through = most < noted.handedOut ? most : noted.handedOut;
  await countPostings(tx, { after: noted.countedThrough, through });
  return through < noted.handedOut;
}
