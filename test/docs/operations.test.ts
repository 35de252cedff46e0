import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createMetrics } from '../../src/kernel/metrics.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

it('What an operator is told to watch is counted under that name', async () => {
  const metrics = createMetrics();
  metrics.watchPool({ totalCount: 0, idleCount: 0, waitingCount: 0 });
  metrics.processesReady(() => 1);
  const written = await metrics.write();
  const told = [...new Set(page.match(/\bbramka_\w+/g))];
  expect(told.length).toBeGreaterThan(5);
  for (const name of told) expect(written).toContain(`\n# TYPE ${name} `);
});
