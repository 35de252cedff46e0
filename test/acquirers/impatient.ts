import type { Acquirer } from '../../src/acquirers/port.ts';
import { type Database, read } from '../../src/kernel/db/database.ts';

/**
 * A simulated acquirer whose calls are given up that are never answered, as soon as it knows of them, so that no test waits
 * for a time-out.
 */
export function impatientWith(database: Database, acquirer: Acquirer): Acquirer {
  const within = async <Answer>(
    reference: string,
    call: (patience: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    const patience = new AbortController();
    let isOver = false;
    const answer = call(patience.signal).finally(() => {
      isOver = true;
    });
    answer.catch(() => {});
    let script: string | undefined;
    while (!isOver && script === undefined) script = await scriptOf(database, reference);
    if (script?.startsWith('UNKNOWN_THEN_')) patience.abort(new Error('no answer in time'));
    return answer;
  };
  return {
    ...acquirer,
    start: (order) => within(order.reference, (patience) => acquirer.start(order, patience)),
    move: (order) => within(order.reference, (patience) => acquirer.move(order, patience)),
  };
}

/** What a simulated acquirer is going to do with an order or movement; undefined before it has heard of it. */
async function scriptOf(database: Database, reference: string): Promise<string | undefined> {
  const [row] = await read<{ script: string }>(database, {
    name: 'test-script',
    text: `
      select script from sandbox_order where reference = $1::uuid
      union all select script from sandbox_movement where reference = $1::uuid`,
    values: [reference],
  });
  return row?.script;
}
