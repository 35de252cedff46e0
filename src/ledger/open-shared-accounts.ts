import { type Database, inTransaction } from '../kernel/db/database.ts';
import { currencies } from '../kernel/money.ts';
import { openAccounts } from './sql/open-accounts.ts';

/** Opens the accounts that all shops share, those of these acquirers among them; each shop's own are opened with the shop. */
export async function openSharedAccounts(database: Database, acquirers: readonly string[]): Promise<void> {
  const owners = [
    ...acquirers.flatMap((owner) => (['ACQUIRER', 'REFUNDS', 'DISPUTES'] as const).map((kind) => ({ kind, owner }))),
    ...(['COMMISSION', 'PAYOUTS', 'BANK', 'SUSPENSE', 'BANK_FEES'] as const).map((kind) => ({
      kind,
      owner: 'gateway',
    })),
  ];
  const accounts = owners.flatMap((account) => currencies.map((currency) => ({ ...account, currency })));
  await inTransaction(database, (tx) => openAccounts(tx, accounts));
}
