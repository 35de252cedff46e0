import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

// `npm run test:properties -- --runs N`: plays N new histories of payments, other ones each time, against the model.
const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000' } } });
if (!/^[1-9]\d{0,6}$/.test(values.runs)) {
  console.error(`--runs must be a whole number from 1 to 9999999, not ${JSON.stringify(values.runs)}.`);
  process.exit(2);
}
const vitest = spawn('vitest', ['run', 'test/payments/properties.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, RUNS: values.runs },
});
vitest.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
