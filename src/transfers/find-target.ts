import type { Database } from '../kernel/db/database.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { isUuid, withHyphens } from '../kernel/ids.ts';
import { readTarget, type TransferTarget } from './sql/read-target.ts';

/**
 * Finds the transaction or payout that a movement on our account may be for, by what statements and bank files call it: its id, with
 * or without hyphens, or of a transaction the account number (NRB, or IBAN with PL) on which its money is awaited. For operators: it
 * asks for no shop.
 * @throws InvalidInput when it is neither an id nor an account number.
 */
export async function findTarget(database: Database, reference: string): Promise<TransferTarget | undefined> {
  const bare = reference.replaceAll(' ', '');
  const account = bare.replace(/^PL/i, '');
  if (/^\d{26}$/.test(account)) return readTarget(database, { id: undefined, account });
  const id = withHyphens(bare) ?? bare.toLowerCase();
  if (isUuid(id)) return readTarget(database, { id, account: undefined });
  throw new InvalidInput(
    'reference must be the id of a transaction or payout, with or without dashes, or an account number of 26 digits.',
    ['reference'],
  );
}
