import type { Tx } from '../../kernel/db/database.ts';
import { balancedKinds } from '../accounts.ts';
import type { AccountRef } from '../model.ts';

/** Opens accounts, with a balance of zero where their kind has one; those that exist stay as they are. */
export async function openAccounts(tx: Tx, accounts: readonly AccountRef[]): Promise<void> {
  await tx.query({
    name: 'open-accounts',
    text: `
      with opened as (
        insert into account (kind, owner, currency)
        select * from unnest($1::account_kind[], $2::text[], $3::currency[])
        on conflict (kind, owner, currency) do nothing
        returning id, kind
      )
      insert into account_balance (account_id, amount) select id, 0 from opened where kind = any($4::account_kind[])`,
    values: [
      accounts.map((account) => account.kind),
      accounts.map((account) => account.owner),
      accounts.map((account) => account.currency),
      balancedKinds,
    ],
  });
}
