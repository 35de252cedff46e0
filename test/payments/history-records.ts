import { isUnpaid, type Model } from './history-model.ts';
import type { Played } from './play-history.ts';
import { readBooks, readLog } from './read-records.ts';

/** Compares what a history has left in the database with what the model says should be there. */
export async function readDifferences(played: Played): Promise<string[]> {
  const real = { ...(await readStates(played)), ...(await readTotals(played)) };
  const expected = expectedRecords(played.model);
  const names = new Set([...Object.keys(real), ...Object.keys(expected)]);
  return [...names].flatMap((name) =>
    real[name] === expected[name] ? [] : [`${name}: was "${real[name]}", not "${expected[name]}"`],
  );
}

type Records = { [name: string]: string | number };

function expectedRecords(model: Model): Records {
  const records: Records = { balance: model.balance, alarms: model.alarms };
  for (const [place, payment] of model.payments.entries()) {
    const timer = isUnpaid(payment) ? (payment.validUntil ?? '') : '';
    records[`payment ${place}`] = `${payment.status} ${timer}: ${payment.told.join()}`;
  }
  for (const [place, attempt] of model.attempts.entries()) {
    const flags = `${attempt.late ? ' late' : ''}${attempt.surplus ? ' surplus' : ''} ${attempt.held}`;
    records[`attempt ${place}`] =
      `${attempt.status}${flags} ${attempt.askAt === undefined ? '' : `${attempt.askAt} ${attempt.round}`}`;
  }
  return records;
}

async function readTotals({ world, shop }: Played): Promise<Records> {
  return { balance: (await readBooks(world.database, shop.id)).balance, alarms: world.alarms.length };
}

type Row = {
  id: string;
  status: string;
  late: boolean;
  surplus: boolean;
  held: bigint;
  dueAt: Date | null;
  round: number | null;
};

async function readStates({ world, shop, paymentIds, transactionIds }: Played): Promise<Records> {
  const { pool } = world.database;
  const log = await readLog(world.database, shop.id);
  const payments = await pool.query<Row>(
    `select p.id, p.status::text, t.due_at as "dueAt" from payment p
     left join timer t on t.kind = 'expire-payment' and t.subject = p.id::text where p.shop_id = $1`,
    [shop.id],
  );
  const attempts = await pool.query<Row>(
    `select x.id, x.status::text, x.late, x.surplus, x.held_amount as held, t.due_at as "dueAt", t.round from transaction x
     left join timer t on t.kind = 'ask-acquirer' and t.subject = x.id::text where x.shop_id = $1`,
    [shop.id],
  );
  const records: Records = {};
  for (const row of payments.rows) {
    const told = log.filter((entry) => entry.paymentId === row.id).map((entry) => entry.type);
    records[`payment ${paymentIds.indexOf(row.id)}`] = `${row.status} ${row.dueAt?.getTime() ?? ''}: ${told.join()}`;
  }
  for (const row of attempts.rows) {
    const flags = `${row.late ? ' late' : ''}${row.surplus ? ' surplus' : ''} ${row.held}`;
    const timer = row.dueAt ? `${row.dueAt.getTime()} ${row.round}` : '';
    records[`attempt ${transactionIds.indexOf(row.id)}`] = `${row.status}${flags} ${timer}`;
  }
  return records;
}
