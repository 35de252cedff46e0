import { inTransaction } from '../kernel/db/database.ts';
import type { ReportDeps } from './deps.ts';
import { dropFile, readReport } from './store.ts';

/** Drops the file of a report whose time is over, by its merchant's clock; the report stays on the list. */
export async function expireReport({ database, clock }: ReportDeps, id: string): Promise<void> {
  const report = await readReport(database, id);
  if (report) await inTransaction(database, (tx) => dropFile(tx, id, clock.now(report)));
}
