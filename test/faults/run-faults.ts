import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopShared } from '../support/shared-server.ts';
import { plants } from './scale.ts';

// `npm run test:faults`: payments through kills, restarts, bad networks and jumping clocks. `-- --full`: ten times as many;
// `--seed N`: the faults of an earlier run; `--notify`: without NATS; `--plant <bug>`: with a bug that must be found; `--keep`: the
// logs stay. All else goes to vitest.
const { values, tokens } = parseArgs({
  strict: false,
  tokens: true,
  options: {
    full: { type: 'boolean', default: false },
    seed: { type: 'string' },
    payments: { type: 'string' },
    notify: { type: 'boolean', default: false },
    plant: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const own = new Set(['full', 'seed', 'payments', 'notify', 'plant', 'keep']);
const seed = String(values.seed ?? Math.floor(Date.now() / 1000) % 1_000_000);
const plant = values.plant === undefined ? undefined : String(values.plant);
const payments = values.payments === undefined ? undefined : String(values.payments);
for (const [option, text] of Object.entries({ seed, payments })) {
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) continue;
  console.error(`--${option} must be a whole number from 1 to 999999999, not ${JSON.stringify(text)}.`);
  process.exit(2);
}
if (plant !== undefined && !plants.some((known) => known === plant)) {
  console.error(`--plant must be one of ${plants.join(', ')}, not ${JSON.stringify(plant)}.`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), `bramka-test-${process.pid}-`));
// PostgreSQL does not run as root, and its own user has to get in.
chmodSync(folder, 0o711);
const others = tokens.flatMap((token) => {
  if (token.kind === 'positional') return [token.value];
  if (token.kind !== 'option' || own.has(token.name)) return [];
  return [token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`];
});
const vitest = spawn('vitest', ['run', '--config', 'vitest.faults.config.ts', ...others], {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...{ FAULTS_DIR: folder, FAULTS_SEED: seed, FAULTS_FULL: values.full ? '1' : '0' },
    FAULTS_NOTIFY: values.notify ? '1' : '0',
    ...(payments === undefined ? {} : { FAULTS_PAYMENTS: payments }),
    ...(plant === undefined ? {} : { FAULTS_PLANT: plant }),
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => vitest.kill('SIGTERM'));
process.exitCode = await exitOf(vitest);
await endAll();

async function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}

/** Ends what a run has left behind that was interrupted: each process by its number, known by its environment. */
async function endAll(): Promise<void> {
  const numbers = existsSync('/proc') ? readdirSync('/proc').map(Number) : [];
  for (const pid of numbers) if (pid > 1 && pid !== process.pid && isOurs(pid)) process.kill(pid, 'SIGKILL');
  await stopShared(folder);
  if (values.keep) {
    // Other runs of tests clear away folders with such a name as ours has.
    const kept = mkdtempSync(join(tmpdir(), 'bramka-faults-logs-'));
    cpSync(join(folder, 'logs'), kept, { recursive: true });
    console.log(`The logs are in ${kept}.`);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The folder stands in the environment of every process that the run started. */
function isOurs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder);
  } catch {
    return false;
  }
}
