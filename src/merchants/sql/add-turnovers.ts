import type { Tx } from '../../kernel/db/database.ts';

/** Adds to what merchants have settled, in PLN minor units by merchant; their rows are locked. */
export async function addTurnovers(tx: Tx, added: ReadonlyMap<string, bigint>): Promise<void> {
  await tx.query({
    name: 'add-turnovers',
    text: `
      update merchant m set settled_turnover = m.settled_turnover + added.amount
      from unnest($1::text[], $2::bigint[]) as added (id, amount)
      where m.id = added.id`,
    values: [[...added.keys()], [...added.values()]],
  });
}
