import type { Evidence, Noun } from './evidence.ts';
import type { Weather } from './storm.ts';
import type { World } from './world.ts';

type Told = {
  readonly weather: Weather;
  readonly evidence: Evidence;
  readonly times: { readonly stormMs: number; readonly calmMs: number };
};

/** Says in a few lines what a storm did, and what came through it. */
export function tellFigures(world: World, { weather, evidence, times }: Told): string[] {
  const { scale, buyers, followers, fleet, shop, wire } = world;
  const count = (noun: Noun): string => {
    const acknowledged = evidence.asked[noun].filter(({ ids }) => ids.length > 0).length;
    const refused = Map.groupBy(evidence.asked[noun], ({ refusal }) => refusal ?? '');
    refused.delete('');
    const codes = list(new Map([...refused].map(([code, all]) => [code, all.length])));
    const asked = `${acknowledged} acknowledged of ${evidence.asked[noun].length} asked for`;
    return `${noun} ${asked}, ${evidence.kept[noun].length} kept${codes === '' ? '' : `, refused: ${codes}`}`;
  };
  const events = [...evidence.logs.values()].reduce((sum, log) => sum + log.length, 0);
  const seen = followers.reduce((sum, follower) => sum + follower.seen.length, 0);
  const reasons = new Map<string, number>();
  for (const [reason, times] of followers.flatMap(({ resumed }) => [...resumed])) {
    reasons.set(reason, (reasons.get(reason) ?? 0) + times);
  }
  const lost = new Map(Object.entries(wire.lostAnswers()));
  // What an instant or an amount says differs from one to the next.
  const sentences = Object.values(evidence.asked).flatMap((all) => all.flatMap(({ sentence }) => sentence ?? []));
  const refusals = Map.groupBy(sentences, (sentence) => sentence.replaceAll(/\d+/g, 'N'));
  const warnings = [...fleet.said].sort(([, a], [, b]) => b - a).slice(0, 12);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return [
    `seed ${scale.seed}, hints by ${scale.byNotify ? 'NOTIFY' : 'NATS'}; storm ${seconds(times.stormMs)}, calm ${seconds(times.calmMs)}; ${list(weather)}; took place unheard: ${list(lost)}`,
    `${fleet.starts()} starts of ${fleet.members.length} processes; ${buyers.requests()} requests, repeated after ${list(buyers.again)}`,
    [count('payments'), count('transactions'), count('refunds')].join('; '),
    `${events} events, ${seen} seen by ${followers.length} subscribers, who went on after ${list(reasons)}`,
    `${evidence.notified.length} notifications acknowledged, ${shop.refused()} refused; ${evidence.postings.length} postings`,
    ...[...refusals].map(([sentence, all]) => `  ${all.length} times refused: ${sentence}`),
    ...warnings.map(([line, times]) => `  ${times} times: ${line}`),
  ];
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, times]) => `${times} ${name}`).join(', ');
}
