import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';

/** What the watch over the ledger is given. */
export type LedgerDeps = { readonly database: Database; readonly log: Log; readonly metrics: Metrics };
