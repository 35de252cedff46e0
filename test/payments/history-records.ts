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
    const flags = `${attempt.late ? ' late' : ''}${attempt.surplus ? ' surplus' : ''}`;
    const sums = [attempt.captured, attempt.settled, attempt.refunded, attempt.held].join('/');
    const asked = attempt.askAt === undefined ? '' : `${attempt.askAt} ${attempt.round}`;
    records[`attempt ${place}`] = `${attempt.status}${flags} ${sums} ${attempt.runsOutAt ?? ''} ${asked}`;
  }
  for (const [place, movement] of model.movements.entries()) {
    const asked = movement.askAt === undefined ? '' : `${movement.askAt} ${movement.round}`;
    records[`movement ${place}`] = `${movement.kind} ${movement.status} ${movement.amount} ${asked}`;
  }
  return records;
}

async function readTotals({ world, shop }: Played): Promise<Records> {
  return { balance: (await readBooks(world.database, shop.id)).balance, alarms: world.alarms.length };
}

type Timed = { id: string; status: string; dueAt: Date | null; round: number | null };
type AttemptRow = Timed & { late: boolean; surplus: boolean; sums: string; runsOutAt: Date | null };
type MovementRow = Timed & { kind: string; amount: bigint };

const timerOf = ({ dueAt, round }: Timed): string => (dueAt ? `${dueAt.getTime()} ${round}` : '');

async function readStates(played: Played): Promise<Records> {
  const { world, shop, paymentIds, transactionIds } = played;
  const { pool } = world.database;
  const log = await readLog(world.database, shop.id);
  const payments = await pool.query<Timed>(
    `select p.id, p.status::text, t.due_at as "dueAt" from payment p
     left join timer t on t.kind = 'expire-payment' and t.subject = p.id::text where p.shop_id = $1`,
    [shop.id],
  );
  const attempts = await pool.query<AttemptRow>(
    `select x.id, x.status::text, x.late, x.surplus, t.due_at as "dueAt", t.round, r.due_at as "runsOutAt",
       concat_ws('/', x.captured_amount, x.settled_amount, x.refunded_amount, x.held_amount) as sums from transaction x
     left join timer t on t.kind = 'ask-acquirer' and t.subject = x.id::text
     left join timer r on r.kind = 'expire-authorization' and r.subject = x.id::text where x.shop_id = $1`,
    [shop.id],
  );
  const records: Records = {};
  for (const row of payments.rows) {
    const told = log.filter((entry) => entry.paymentId === row.id).map((entry) => entry.type);
    records[`payment ${paymentIds.indexOf(row.id)}`] = `${row.status} ${row.dueAt?.getTime() ?? ''}: ${told.join()}`;
  }
  for (const row of attempts.rows) {
    const flags = `${row.late ? ' late' : ''}${row.surplus ? ' surplus' : ''}`;
    const runsOut = row.runsOutAt?.getTime() ?? '';
    records[`attempt ${transactionIds.indexOf(row.id)}`] =
      `${row.status}${flags} ${row.sums} ${runsOut} ${timerOf(row)}`;
  }
  return { ...records, ...(await readMovements(played)) };
}

async function readMovements({ world, shop, movementIds }: Played): Promise<Records> {
  const { rows } = await world.database.pool.query<MovementRow>(
    `select m.id, m.kind, m.status::text, m.amount, t.due_at as "dueAt", t.round from (
       select id, shop_id, 'capture' as kind, status, amount from capture
         where idempotency_key <> 'settlement:' || transaction_id
       union all select id, shop_id, 'void', status, amount from transaction_void
       union all select id, shop_id, 'refund', status, amount from refund) m
     left join timer t on t.kind = 'ask-' || m.kind and t.subject = m.id::text where m.shop_id = $1`,
    [shop.id],
  );
  return Object.fromEntries(
    rows.map((row) => [
      `movement ${movementIds.indexOf(row.id)}`,
      `${row.kind} ${row.status} ${row.amount} ${timerOf(row)}`,
    ]),
  );
}
