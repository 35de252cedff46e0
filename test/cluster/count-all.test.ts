import { describe, expect, it } from 'vitest';
import { createCountAll } from '../../src/cluster/count-all.ts';
import { createMetrics, type Metrics } from '../../src/kernel/metrics.ts';

/** Processes that count, by their numbers, and the sum of them; one that is silent does not answer. */
function countOver(processes: Map<number, Metrics>, silent: ReadonlySet<number> = new Set()) {
  const counts = createCountAll({
    ask: (question) => {
      for (const [id, metrics] of processes) {
        if (!silent.has(id)) void metrics.snapshot().then((snapshot) => counts.take(id, question, snapshot));
      }
      return [...processes.keys()];
    },
    own: async () => [],
    withinMs: 50,
  });
  return counts;
}

function makeMetrics(payments: number, followers: number): Metrics {
  const metrics = createMetrics();
  metrics.paymentsCreated(payments);
  metrics.watchFollowers(() => followers);
  metrics.acquirerUp('bank', followers > 0);
  metrics.requestAnswered({ method: 'GET', route: '/x', status: 200, seconds: 0.003 });
  return metrics;
}

const valueIn = (text: string, name: string) => text.split('\n').find((line) => line.startsWith(`${name} `));

describe('What several processes count', () => {
  it('is added up, but for what has to be seen as the worst of them', async () => {
    const text = await countOver(
      new Map([
        [1, makeMetrics(2, 3)],
        [2, makeMetrics(5, 0)],
      ]),
    ).write();
    expect(valueIn(text, 'bramka_payments_created_total')).toBe('bramka_payments_created_total 7');
    expect(valueIn(text, 'bramka_live_subscriptions')).toBe('bramka_live_subscriptions 3');
    expect(text).toContain('bramka_acquirer_up{acquirer="bank"} 0\n');
    expect(text).toContain('bramka_http_request_seconds_bucket{le="0.005",method="GET",route="/x",status="200"} 2\n');
    expect(text).toContain('bramka_http_request_seconds_count{method="GET",route="/x",status="200"} 2\n');
  });

  it('never falls when one of them ends, and what it held is held no more', async () => {
    const processes = new Map([
      [1, makeMetrics(2, 3)],
      [2, makeMetrics(5, 1)],
    ]);
    const counts = countOver(processes);
    await counts.write();
    for (const id of [1, 2]) {
      processes.delete(id);
      counts.forget(id);
      processes.set(id + 10, makeMetrics(1, 1));
    }
    for (let round = 0; round < 2; round += 1) {
      const text = await counts.write();
      expect(valueIn(text, 'bramka_payments_created_total')).toBe('bramka_payments_created_total 9');
      expect(valueIn(text, 'bramka_live_subscriptions')).toBe('bramka_live_subscriptions 2');
    }
  });

  it('is the same for all who ask in one moment', async () => {
    const processes = new Map([1, 2, 3].map((id) => [id, makeMetrics(id, 1)]));
    const counts = countOver(processes);
    await counts.write();
    for (const id of [1, 2, 3]) counts.forget(id);
    processes.clear();
    for (const text of await Promise.all([counts.write(), counts.write()])) {
      expect(valueIn(text, 'bramka_payments_created_total')).toBe('bramka_payments_created_total 6');
    }
  });

  it('is told without waiting for ever for one that does not answer, and at once when that one ends', async () => {
    const processes = new Map([
      [1, makeMetrics(2, 3)],
      [2, makeMetrics(5, 1)],
    ]);
    const counts = countOver(processes, new Set([2]));
    expect(valueIn(await counts.write(), 'bramka_payments_created_total')).toBe('bramka_payments_created_total 2');
    const writing = counts.write();
    counts.forget(2);
    expect(valueIn(await writing, 'bramka_payments_created_total')).toBe('bramka_payments_created_total 2');
  });
});
