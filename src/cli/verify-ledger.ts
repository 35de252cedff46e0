import { readConfig } from '../config.ts';
import { toDecimal } from '../kernel/money.ts';
import { describeFault } from '../ledger/model.ts';
import { type Verdict, type Verification, verifyLedger } from '../ledger/verify-ledger.ts';
import { explainMissingTable, findDatabase } from './find-database.ts';
import { runCommand } from './run-command.ts';

async function verify(): Promise<Verification> {
  const url = await findDatabase(readConfig(), 'reads');
  try {
    return await verifyLedger(url, (fault) => console.log(`FAULT ${describeFault(fault)}`));
  } catch (error) {
    throw explainMissingTable(error);
  }
}

/** The verdicts, what each currency has by kind of account, and a summary. */
function describe({ subjects, totals, verdicts, faults }: Verification): string[] {
  const balances = [...Map.groupBy(totals, (total) => total.currency)].map(([currency, own]) => {
    const sum = own.reduce((all, { amount }) => all + amount, 0n);
    return `${currency}: ${own.map(({ kind, amount }) => `${kind} ${toDecimal(amount)}`).join(', ')}; sum ${toDecimal(sum)}`;
  });
  const counts = Object.entries(subjects).map(([name, count]) => `${count} ${name}`);
  const verdictOf = (one: Verdict): string =>
    `${one.faults === 0 ? 'ok   ' : 'wrong'} ${one.sentence}: ${say(one.faults)}`;
  return [...verdicts.map(verdictOf), ...balances, `Checked ${counts.join(', ')}: ${say(faults)}.`];
}

function say(faults: number): string {
  if (faults === 0) return 'no fault';
  return faults === 1 ? '1 fault' : `${faults} faults`;
}

// `npm run ledger:verify`: checks the whole ledger of a database that may be in use, and changes nothing. It ends with 0 when
// there is no fault, with 1 when there is one, and with 2 when it could not check.
await runCommand({
  usage: 'Usage: npm run ledger:verify',
  options: {},
  run: async () => {
    const verification = await verify();
    console.log(describe(verification).join('\n'));
    return verification.faults === 0 ? 0 : 1;
  },
});
