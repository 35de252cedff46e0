import { setTimeout as wait } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { World } from './world.ts';

type Fault = { readonly name: string; run(): void | Promise<void> };

/** What was done, by its name, and how often. */
export type Weather = ReadonlyMap<string, number>;

/** How far a clock jumps, in seconds: past every time-out of a payment, and back; less than a day. */
const jumps = [-3_600, -90, 90, 3_600, 7_200];

/** How long answers stay late, in milliseconds. */
const delayedMs = 3_000;

/**
 * Lets the buyers buy while faults come one after the other, each after its share of the payments: what goes wrong in the
 * middle of what is up to the machine, but the faults and their order are the seed's.
 */
export async function raiseStorm(world: World): Promise<Weather> {
  const { scale, chance, buyers } = world;
  const faults = chance.shuffled(faultsOf(world));
  const done = new Map<string, number>();
  const running: Promise<void>[] = [];
  let restarts: Promise<void> = Promise.resolve();
  const start = (fault: Fault): void => {
    done.set(fault.name, (done.get(fault.name) ?? 0) + 1);
    // One restart of PostgreSQL at a time; everything else may come together.
    if (fault.name === 'restarts of PostgreSQL') restarts = restarts.then(() => fault.run());
    else running.push(Promise.resolve(fault.run()));
  };
  await buyers.run((count) => {
    const dueFaults = Math.floor((count / scale.payments) * (faults.length + 1));
    for (let next = sum(done); next < Math.min(dueFaults, faults.length); next += 1) {
      const fault = faults[next];
      if (fault) start(fault);
    }
  });
  await Promise.all([...running, restarts]);
  return done;
}

function sum(done: Weather): number {
  return [...done.values()].reduce((all, times) => all + times, 0);
}

function faultsOf(world: World): Fault[] {
  const { scale, chance, cluster, fleet, wire, nats, shop } = world;
  const repeat = (times: number, fault: Fault): Fault[] => Array<Fault>(times).fill(fault);
  const api = () => chance.pick(fleet.apis).proxy;
  return [
    ...repeat(scale.kills, { name: 'kills', run: () => killOne(world) }),
    ...repeat(scale.others, { name: 'orderly stops', run: () => chance.pick(fleet.members).stop() }),
    ...repeat(scale.restarts, {
      name: 'restarts of PostgreSQL',
      run: async () => {
        await cluster.stopImmediately();
        await cluster.start();
      },
    }),
    ...repeat(scale.others * 2, { name: 'lost answers to a commit', run: () => wire.loseAnswerTo('commit') }),
    ...repeat(scale.others, { name: 'lost answers to new payments', run: () => wire.loseAnswerTo('new payments') }),
    ...repeat(scale.others, { name: 'cuts from PostgreSQL', run: () => wire.cut() }),
    ...repeat(scale.others, { name: 'cuts from clients', run: () => api()?.cut() }),
    ...repeat(scale.others, { name: 'delays', run: () => delay(chance, chance.happens(0.5) ? wire : api()) }),
    ...repeat(scale.others, { name: 'swallowed clients', run: () => api()?.swallow() }),
    ...repeat(scale.swallows, { name: 'swallowed connections to PostgreSQL', run: () => wire.swallow() }),
    ...repeat(scale.others, { name: 'absences of the shop', run: toggled((isOn) => shop.setAway(isOn)) }),
    ...(nats ? repeat(scale.others, { name: 'stops and starts of NATS', run: toggled((on) => nats.setAway(on)) }) : []),
    ...repeat(scale.others * 2, {
      name: 'clock jumps',
      run: () => chance.pick(fleet.members).setClock({ seconds: chance.pick([0, ...jumps]) }),
    }),
  ];
}

/** One that was killed a moment ago, and is not there again, cannot be killed. */
function killOne({ chance, fleet }: World): void {
  const isDone = chance.shuffled(fleet.members).some((member) => member.kill());
  if (!isDone) throw new Error('No process was alive to be killed.');
}

/** Every second time it is the end of what the time before began. */
function toggled(set: (isOn: boolean) => void | Promise<void>): () => void | Promise<void> {
  let isOn = false;
  return () => {
    isOn = !isOn;
    return set(isOn);
  };
}

/** For a while only: faults come with payments, and with every answer late there would be few of these. */
async function delay(chance: Chance, proxy: World['wire'] | undefined): Promise<void> {
  proxy?.delay({ ms: chance.pick([20, 60, 120]) });
  await wait(delayedMs);
  proxy?.delay({ ms: 0 });
}
