import { type Database, inTransaction } from '../kernel/db/database.ts';
import { type Attempt, dropSomePieces } from './store.ts';

/**
 * Drops all pieces of an attempt, and of those before it, in as many transactions as it takes. The report must have been
 * moved on before, so that nobody reads or writes them any more; repeating it does what is left.
 */
export async function dropPieces(database: Database, attempt: Attempt): Promise<void> {
  while (await inTransaction(database, (tx) => dropSomePieces(tx, attempt)));
}
