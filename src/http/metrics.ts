import { Hono } from 'hono';
import type { HttpDeps, HttpEnv } from './deps.ts';

/** `/metrics`: the counters of this process as Prometheus reads them. */
export function metricsRoutes({ metrics }: Pick<HttpDeps, 'metrics'>): Hono<HttpEnv> {
  return new Hono<HttpEnv>().get('/metrics', async (c) =>
    c.body(await metrics.write(), 200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }),
  );
}
