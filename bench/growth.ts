import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dayOf, midnight } from '../src/calendar/model.ts';
import { askCreatePayment, readCreated } from './ask-create-payment.ts';
import { askList, readList } from './ask-list.ts';
import { medianOf } from './contest.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { runBench } from './run-bench.ts';
import { seedSales } from './seed-sales.ts';
import { seedShops } from './seed-shops.ts';
import { type NextBody, sendLoad } from './send-load.ts';
import { startGatewayProcess } from './start-gateway-process.ts';

const shops = 1_000;
const rounds = 5;
const warmUps = 3;
const load = { connections: 64, seconds: 3 };

await runBench(async (bench) => {
  const { values } = parseArgs({ options: { rows: { type: 'string' } } });
  const rows = Number(values.rows ?? 5_000_000);
  const sizes = [10_000, 100_000, 1_000_000, 5_000_000].filter((size) => size < rows).concat(rows);
  console.log(`What createPayment and the list of 50 cost as payments become more\n
${await describeMachine(bench)}
Gateway    one process as npm start runs it, in production mode with BRAMKA_ROLE=api; ${load.connections} keep-alive connections
Rows       settled payments of ${shops} shops, each with transaction, capture, posting and commission; a checkpoint before each size
Rounds     median of ${rounds} of ${load.seconds} s each, after three that do not count

payments      create/s  ratio    list/s  ratio`);
  const seeded = await seedShops(bench, { database: 'growth', shops, mode: 'live' });
  const gateway = await startGatewayProcess({
    DATABASE_URL: seeded.url,
    BRAMKA_MODE: 'production',
    BRAMKA_ROLE: 'api',
    BRAMKA_DATA_DIR: join(bench.folder, 'gateway'),
  });
  bench.later(gateway.stop);
  const at = midnight(dayOf(new Date()).subtract({ days: 1 }));
  const first: number[] = [];
  for (const [index, size] of sizes.entries()) {
    await seedSales(seeded.url, { from: sizes[index - 1] ?? 0, sales: size, at, iban: 'PL61109010140000071219812874' });
    const measure = async (openFlow: () => NextBody): Promise<number> => {
      const measured: number[] = [];
      for (let round = 1 - warmUps; round <= rounds; round += 1) {
        const { perSecond } = await sendLoad({ url: gateway.url, apiKey: seeded.apiKey }, load, openFlow);
        if (round > 0) measured.push(perSecond);
      }
      return medianOf(measured, (each) => each);
    };
    const create = await measure(() => (answer) => {
      if (answer !== undefined) readCreated(answer);
      return askCreatePayment(seeded.shopIds);
    });
    const list = await measure(() => (answer) => {
      if (answer !== undefined) readList(answer);
      return askList(seeded.shopIds);
    });
    if (index === 0) first.push(create, list);
    const [firstCreate = Number.NaN, firstList = Number.NaN] = first;
    const cells = [
      size.toLocaleString('en').padEnd(12),
      create.toFixed(0).padStart(10),
      (create / firstCreate).toFixed(2).padStart(7),
      list.toFixed(0).padStart(10),
      (list / firstList).toFixed(2).padStart(7),
    ];
    console.log(cells.join(''));
  }
  console.log(`\nLoad at the end: ${describeLoad()}`);
});
