import { type Database, inTransaction } from '../kernel/db/database.ts';
import type { CardVault } from './deps.ts';
import { insertCard } from './sql/insert-card.ts';
import { findCard } from './store.ts';

/** Opens the vault of the sandbox. It holds no card that could be charged: whoever reads it learns what a receipt says. */
export function openSandboxVault(database: Database): CardVault {
  return {
    keep: (card, owner) => inTransaction(database, (tx) => insertCard(tx, card, owner)),
    find: (token, merchantId) => findCard(database, token, merchantId),
  };
}
