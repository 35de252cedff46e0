/** What a contestant did in one round. */
export type Result = {
  /** Answers, or payments, a second. */
  readonly perSecond: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
};

/** Rounds that do not count. */
const warmUps = 3;

/** Whoever takes part does its work for a while, and says what came of it. */
export type Contestant = { readonly name: string; run(): Promise<Result> };

/**
 * Has contestants do their work in turns, the order turned round with every round, after three rounds of each that do not
 * count, in which programs are still being compiled; prints each round, the medians, and how many times the first does what
 * each of the others does. No verdict.
 */
export async function runContest(contestants: readonly Contestant[], rounds: number): Promise<void> {
  for (const { run } of contestants) for (let round = 0; round < warmUps; round += 1) await run();
  print('round', ...contestants.map(({ name }) => name));
  const results = contestants.map((): Result[] => []);
  for (let round = 1; round <= rounds; round += 1) {
    const order = [...contestants.keys()];
    if (round % 2 === 0) order.reverse();
    for (const index of order) results[index]?.push((await contestants[index]?.run()) ?? { perSecond: Number.NaN });
    print(String(round), ...results.map((own) => own.at(-1)?.perSecond.toFixed(0) ?? ''));
  }
  const medians = results.map((own) => medianOf(own, ({ perSecond }) => perSecond));
  print('median', ...medians.map((median) => median.toFixed(0)));
  print('p50 ms', ...results.map((own) => milliseconds(own, ({ p50Ms }) => p50Ms)));
  print('p99 ms', ...results.map((own) => milliseconds(own, ({ p99Ms }) => p99Ms)));
  const [first = Number.NaN] = medians;
  print('ratio', ...medians.map((median) => (first / median).toFixed(2)));
}

function print(name: string, ...cells: readonly string[]): void {
  console.log(`${name.padEnd(7)}${cells.map((cell) => cell.padStart(14)).join('')}`);
}

function milliseconds(results: readonly Result[], pick: (result: Result) => number | undefined): string {
  const known = results.flatMap((result) => pick(result) ?? []);
  return known.length === 0 ? '' : medianOf(known, (ms) => ms).toFixed(1);
}

/** The middle one, or the mean of the two in the middle. */
export function medianOf<Item>(items: readonly Item[], pick: (item: Item) => number): number {
  const sorted = items.map(pick).sort((one, other) => one - other);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
