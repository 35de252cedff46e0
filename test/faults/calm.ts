import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../../src/kernel/db/database.ts';
import type { World } from './world.ts';

/** An API that has begun a call to an acquirer asks no more than ten seconds for its answer. */
const callsEndMs = 12_000;
const lookEveryMs = 250;

/**
 * Ends all faults and lets everything come to its end: timers and jobs that wait for their time get it at once.
 * @returns what is left to do all the same; empty when nothing is stuck.
 */
export async function calmDown(world: World): Promise<readonly string[]> {
  const { fleet, wire, nats, shop, scale } = world;
  shop.calm();
  wire.calm();
  await nats?.setAway(false);
  for (const member of fleet.members) {
    member.proxy?.calm();
    member.setClock({ seconds: 0 });
  }
  await Promise.all(fleet.members.map((member) => member.ready()));
  const began = performance.now();
  let [quietLooks, givenUpAreAsked] = [0, false];
  for (;;) {
    const passed = performance.now() - began;
    const callsAreOver = passed > callsEndMs;
    const left = await world.look(async (database) => {
      await hurry(database, { callsAreOver, askGivenUp: callsAreOver && !givenUpAreAsked });
      return [...(await findUndone(database)), ...(await findUnseen(world, database))];
    });
    givenUpAreAsked ||= callsAreOver;
    // Between two looks at one place and another what is to be done may have moved from here to there.
    quietLooks = left.length === 0 && callsAreOver ? quietLooks + 1 : 0;
    if (quietLooks === 2 || passed > scale.calmMs) return left;
    await wait(lookEveryMs);
  }
}

/** An attempt that was given up, about which the acquirer is asked for days more: it may have been paid after all. */
const isGivenUp = `t.kind = 'ask-acquirer' and exists (select from transaction x
  where x.id::text = t.subject and (x.status = 'CANCELLED' or x.reason = 'NO_ANSWER'))`;

/**
 * Brings forward what is due later: sends to the shop, questions to the acquirer, repetitions of failed jobs. About attempts
 * that were given up it is asked once, or there would be no end.
 */
async function hurry(
  database: Database,
  { callsAreOver, askGivenUp }: { readonly callsAreOver: boolean; readonly askGivenUp: boolean },
): Promise<void> {
  await database.pool.query(
    `update timer t set due_at = '2000-01-01' where due_at > '2000-01-01' and (
       kind like 'sandbox%' or kind = 'deliver-webhook'
       or ($1 and kind in ('ask-acquirer', 'ask-refund') and ($2 or not (${isGivenUp}))))`,
    [callsAreOver, askGivenUp],
  );
  await database.pool.query(`update graphile_worker._private_jobs set run_at = now() where run_at > now()`);
}

/** Sentences that name what is not over; an expiry that lies ahead and further questions about a given-up attempt may wait. */
const undone = {
  timer: `
    select kind as what, subject as why from timer t
    where kind <> 'expire-payment' and (due_at = '2000-01-01' or not (${isGivenUp}))`,
  'job, tried and failed': `
    select task_identifier as what, last_error as why from graphile_worker.jobs where last_error is not null`,
  job: 'select task_identifier as what, id::text as why from graphile_worker.jobs where last_error is null',
  attempt: `select id::text as what, status::text as why from transaction where status in ('NEW', 'PENDING', 'UNKNOWN')`,
  refund: `select id::text as what, status::text as why from refund where status in ('NEW', 'PENDING', 'UNKNOWN')`,
  notification: `select id::text as what, status::text as why from webhook_delivery where status in ('PENDING', 'FAILED')`,
  'expiry that is overdue': `
    select id::text as what, valid_until::text as why from payment
    where status in ('NEW', 'PENDING') and valid_until < now()`,
  session: `
    select application_name as what, state as why from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%' and state_change < now() - interval '5 seconds'`,
};

async function findUndone(database: Database): Promise<string[]> {
  const found: string[] = [];
  for (const [noun, text] of Object.entries(undone)) {
    const { rows } = await database.pool.query<{ what: string; why: string }>(`${text} limit 20`);
    found.push(...rows.map(({ what, why }) => `${noun} ${what}: ${why}`));
  }
  return found;
}

/** A reader that is behind, and subscribers that have not seen the end of a log yet. */
async function findUnseen({ followers }: World, database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ shopId: string; last: bigint; read: bigint | null; types: object }>(`
    select c.shop_id as "shopId", c.last_number as last, r.number as read,
      (select json_object_agg(type, number) from
        (select type, max(number)::int as number from event where shop_id = c.shop_id group by type)) as types
    from shop_counter c left join reader r on r.name = 'webhooks' and r.shop_id = c.shop_id`);
  const behind = rows.filter(({ last, read }) => last > (read ?? 0n));
  const lasts = new Map(rows.map(({ shopId, last, types }) => [shopId, { last: Number(last), types }]));
  const unseen = followers.filter((follower) => {
    const log = lasts.get(follower.shopId);
    if (!log) return false;
    const ends = Object.entries(log.types ?? {}) as [string, number][];
    const wanted = ends.filter(([type]) => follower.types?.includes(type) ?? true).map(([, number]) => number);
    return follower.last() < Math.max(0, ...wanted);
  });
  return [
    ...behind.map(({ shopId, last, read }) => `reader of shop ${shopId}: at ${read} of ${last}`),
    ...unseen.map((follower) => `subscriber ${follower.name}: at ${follower.last()}`),
  ];
}
