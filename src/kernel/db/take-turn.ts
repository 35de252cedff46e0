import type { Tx } from './database.ts';

/**
 * Waits until no other transaction of any process has this word, and has it until its own transaction ends.
 * @param kind sets words of one sort apart from those of others, and stays: an older version beside this one waits for it too.
 */
export async function takeTurn(tx: Tx, word: string, kind: number): Promise<void> {
  await tx.query({
    name: 'take-turn',
    text: 'select pg_advisory_xact_lock(hashtextextended($1::text, $2::bigint))',
    values: [word, kind],
  });
}
