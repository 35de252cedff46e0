import type { Tx } from './database.ts';

/** Waits until no other transaction of any process has this word, and has it until its own transaction ends. */
export async function takeTurn(tx: Tx, word: string): Promise<void> {
  await tx.query({
    name: 'take-turn',
    text: 'select pg_advisory_xact_lock(hashtextextended($1::text, 0))',
    values: [word],
  });
}
