import cluster from 'node:cluster';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { paceRestarts } from '../../src/cluster/pace-restarts.ts';
import { type Supervision, superviseProcesses } from '../../src/cluster/supervise-processes.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { StartError } from '../../src/kernel/start-error.ts';
import { createInbox } from '../start/inbox.ts';
import { takePort } from '../support/take-port.ts';

type Logged = { readonly how: string; readonly reason?: string; readonly againInMs: number };

const script = fileURLToPath(new URL('./process-fixture.ts', import.meta.url));
const timeout = 60_000;
const open: Supervision[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.stop()));
});

function supervise(acts: readonly string[], settings: Readonly<Record<string, string>> = {}) {
  const logged = createInbox<Logged>();
  const metrics = createMetrics();
  const supervision = superviseProcesses({
    script,
    places: acts.map((act) => ({ ACT: act, ...settings })),
    log: createLog('warn', { write: (line) => logged.put(JSON.parse(line) as Logged) }),
    metrics,
    stopWithinMs: 100,
  });
  open.push(supervision);
  return { supervision, logged, metrics };
}

/** Lets whatever is on its way between the processes have its turn. */
async function rounds(): Promise<void> {
  for (let round = 0; round < 100; round += 1) await setTimeout(1);
}

function killAll(): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
}

describe('Processes of a gateway', () => {
  it('are ready when all of them are, and end when they are told', { timeout }, async () => {
    const { supervision, metrics } = supervise(['serve', 'serve']);
    await supervision.ready;
    expect(await metrics.write()).toContain('\nbramka_processes 2\n');
    await supervision.stop();
    expect(await metrics.write()).toContain('\nbramka_processes 0\n');
  });

  it('that do not end when they are told are killed', { timeout }, async () => {
    const { supervision, logged } = supervise(['stay']);
    await supervision.ready;
    await supervision.stop();
    expect(logged.items).toMatchObject([
      { killed: expect.any(Number), afterMs: 100, msg: 'a process did not end in time and is killed' },
    ]);
  });

  it('of which one refuses to start five times in a row are given up, with its own line', { timeout }, async () => {
    const { supervision, logged } = supervise(['serve', 'refuse']);
    await expect(supervision.ready).rejects.toThrow(new StartError('It cannot be.'));
    expect(await supervision.givenUp).toBe('It cannot be.');
    expect(logged.items.map(({ reason, againInMs }) => [reason, againInMs])).toEqual(
      [100, 200, 400, 800].map((ms) => ['It cannot be.', ms]),
    );
  });

  it('of which one dies at the start without a word are given up, with a line', { timeout }, async () => {
    const { supervision } = supervise(['crash']);
    expect(await supervision.givenUp).toBe(
      'A process of the gateway could not start (code 3), five times in a row; see its last words above.',
    );
  });

  it('of which one dies leave no connection open that nobody answers', { timeout }, async () => {
    const { port, free } = await takePort();
    free();
    const { supervision } = supervise(['freeze'], { PORT: String(port) });
    await supervision.ready;
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    await rounds();
    const broken = once(socket, 'error');
    killAll();
    expect((await broken)[0]).toMatchObject({ code: 'ECONNRESET' });
  });

  it('to which a message could not be sent are watched on, and started again when they die', { timeout }, async () => {
    const { supervision, logged } = supervise(['serve']);
    await supervision.ready;
    // So Node says that a message found nobody: the process is just dying, and its end is not known yet.
    for (const worker of Object.values(cluster.workers ?? {})) worker?.emit('error', new Error('write EPIPE'));
    killAll();
    await logged.until(({ length }) => length === 1);
    await supervision.stop();
  });

  it('of which the system cannot make one anew for a while are whole again afterwards', { timeout }, async () => {
    const { supervision, logged, metrics } = supervise(['serve']);
    await supervision.ready;
    const { execPath } = process;
    // Node fails so too when there are no descriptors left, or no processes.
    process.execPath = '/nonexistent/node';
    killAll();
    await logged.until(({ length }) => length === 2);
    expect(logged.items[1]).toMatchObject({ how: 'spawn /nonexistent/node ENOENT', againInMs: 200 });
    process.execPath = execPath;
    await expect.poll(() => metrics.write(), { timeout: 30_000 }).toContain('\nbramka_processes 1\n');
    await supervision.stop();
  });

  it('of which the system has not made one can be stopped', { timeout }, async () => {
    const { supervision } = supervise(['serve'], { FILLER: 'x'.repeat(8_000_000) });
    expect(await supervision.givenUp).toContain('E2BIG');
    await supervision.stop();
  });

  it('of which one dies while it is given its port are started again, and can be stopped', { timeout }, async () => {
    const { supervision, logged } = supervise(['freeze early']);
    await supervision.ready;
    await rounds();
    killAll();
    await logged.until(({ length }) => length === 1);
    await supervision.stop();
  });
});

describe('The pace of restarts', () => {
  it('slows down to ten seconds, and begins anew after a minute of good life', () => {
    const remedy = paceRestarts();
    const pauses = Array.from({ length: 9 }, () => remedy({ readyForMs: 10 }));
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000].map((afterMs) => ({ afterMs })));
    expect(remedy({ readyForMs: 60_000 })).toEqual({ afterMs: 100 });
  });

  it('ends after five starts that failed, but never once one came to be ready', () => {
    const hopeless = paceRestarts();
    for (let start = 0; start < 4; start += 1) expect(hopeless({ readyForMs: undefined })).not.toBe('give up');
    expect(hopeless({ readyForMs: undefined })).toBe('give up');

    const proven = paceRestarts();
    for (let start = 0; start < 4; start += 1) proven({ readyForMs: undefined });
    expect(proven({ readyForMs: 0 })).toEqual({ afterMs: 1_600 });
    for (let start = 0; start < 20; start += 1) expect(proven({ readyForMs: undefined })).not.toBe('give up');
    expect(proven({ readyForMs: undefined })).toEqual({ afterMs: 10_000 });
  });
});
