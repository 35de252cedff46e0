import { inTransaction } from '../kernel/db/database.ts';
import type { ReportDeps } from './deps.ts';
import { dropPieces } from './drop-pieces.ts';
import { endFile, readReport } from './store.ts';

/**
 * Drops the file of a report whose time is over, by its merchant's clock; the report stays on the list. Repeated after it
 * was broken off, it drops what is left.
 */
export async function expireReport({ database, clock }: ReportDeps, id: string): Promise<void> {
  const report = await readReport(database, id);
  if (report?.status !== 'READY' && report?.status !== 'EXPIRED') return;
  await inTransaction(database, (tx) => endFile(tx, id, clock.now(report)));
  await dropPieces(database, report);
}
