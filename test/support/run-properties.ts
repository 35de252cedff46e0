import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

// `npm run test:properties -- --runs N`: plays N new histories of payments, other ones each time, against the model.
// `npm run test:properties -- --months N`: plays N new months of merchants against the books of a second accountant.
const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000' }, months: { type: 'string' } } });
const [option, count] = values.months === undefined ? ['--runs', values.runs] : ['--months', values.months];
if (!/^[1-9]\d{0,6}$/.test(count)) {
  console.error(`${option} must be a whole number from 1 to 9999999, not ${JSON.stringify(count)}.`);
  process.exit(2);
}
const slice = values.months === undefined ? 'payments' : 'months';
const vitest = spawn('vitest', ['run', `test/${slice}/properties.test.ts`], {
  stdio: 'inherit',
  env: { ...process.env, RUNS: count },
});
vitest.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
