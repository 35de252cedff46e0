import { expect, test } from 'vitest';
import { addSnapshots, createMetrics, writeSnapshots } from '../../src/kernel/metrics.ts';

/** The value of a series in what Prometheus reads, which stands there once. */
function readSeries(written: string, series: string): number {
  const lines = written.split('\n').filter((line) => line.startsWith(`${series} `));
  expect(lines).toHaveLength(1);
  return Number(lines[0]?.split(' ')[1]);
}

test('each gateway counts for itself', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.paymentsCreated(3);
  expect(readSeries(await one.write(), 'bramka_payments_created_total')).toBe(3);
  expect(readSeries(await other.write(), 'bramka_payments_created_total')).toBe(0);
});

test('a process is measured once, however many gateways it holds', async () => {
  const collected = 'bramka_nodejs_gc_duration_seconds_count{kind="minor"}';
  const first = createMetrics();
  await expect
    .poll(async () => {
      Array.from({ length: 100_000 }, (_, index) => ({ index }));
      return (await first.write()).includes(collected);
    })
    .toBe(true);
  // It was not there when that happened, and knows of it.
  expect(readSeries(await createMetrics().write(), collected)).toBeGreaterThan(0);
});

test('gauges that come later are written, and so are they as data', async () => {
  const metrics = createMetrics();
  metrics.watchFollowers(() => 7);
  expect(readSeries(await metrics.write(), 'bramka_live_subscriptions')).toBe(7);
  const names = (await metrics.snapshot()).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['bramka_live_subscriptions', 'bramka_process_cpu_seconds_total']));
  expect(new Set(names).size).toBe(names.length);
});

/** The values of a text that Prometheus reads whose names begin with `bramka_jobs_`. */
const jobsIn = (text: string) => text.split('\n').filter((line) => line.startsWith('bramka_jobs_'));

test('says nothing of the jobs that wait before somebody has counted them, as no 0 may stand for a worker that is missing', async () => {
  const metrics = createMetrics();
  expect(jobsIn(await metrics.write())).toEqual([]);
  metrics.jobsWaiting({ count: 0, oldestSeconds: 0 });
  expect(jobsIn(await metrics.write())).toEqual(['bramka_jobs_waiting 0', 'bramka_jobs_oldest_seconds 0']);
});

test('says of several processes what the one has counted that counts jobs', async () => {
  const [api, worker] = [createMetrics(), createMetrics()];
  worker.jobsWaiting({ count: 2, oldestSeconds: 7 });
  const all = [await api.snapshot(), await worker.snapshot()];
  for (const snapshots of [all, [await addSnapshots(all)]]) {
    expect(jobsIn(await writeSnapshots(snapshots))).toEqual(['bramka_jobs_waiting 2', 'bramka_jobs_oldest_seconds 7']);
  }
  expect(jobsIn(await writeSnapshots([await api.snapshot()]))).toEqual([]);
});
