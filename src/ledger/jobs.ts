import type { LedgerDeps } from './deps.ts';
import { takeSnapshots } from './take-snapshots.ts';
import { createLedgerWatch } from './watch-ledger.ts';

const everyMs = 10_000;

/** What the ledger does by itself: keep its snapshots up to date, and check what is counted in them. */
export function ledgerSweeps(
  deps: LedgerDeps,
): readonly { readonly name: string; readonly everyMs: number; readonly work: () => Promise<void> }[] {
  const watch = createLedgerWatch(deps);
  return [
    {
      name: 'ledger',
      everyMs,
      work: async () => {
        await takeSnapshots(deps.database);
        await watch();
      },
    },
  ];
}
