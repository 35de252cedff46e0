import { clockAdvancedJob } from '../contracts/model.ts';
import type { JobHandlers } from '../kernel/jobs/handler.ts';
import { whileUsable } from '../kernel/make-folder.ts';
import type { Currency } from '../kernel/money.ts';
import { answerAsBank } from './answer-as-bank.ts';
import type { BankFileDeps } from './deps.ts';
import { settlementSetting } from './parse-settlement-account.ts';
import { runPayouts } from './run-payouts.ts';
import { sendPayouts } from './send-payouts.ts';
import { findHoldingPayouts, findOverdrawnPayouts } from './sql/find-waiting-payouts.ts';
import { folderMode, writeBankFiles } from './write-bank-files.ts';

const everyMs = 30_000;

/**
 * What payouts do later, all of it by looking for what is due: pay out, make files for the bank, write them into a folder
 * and, in the sandbox, be the bank. Nothing has to be remembered for it, so a run that was killed goes on by itself.
 */
export function payoutSweeps(
  deps: BankFileDeps,
  mode: 'sandbox' | 'production',
): readonly { readonly name: string; readonly everyMs: number; readonly work: () => Promise<void> }[] {
  const paid = async (): Promise<void> => {
    const made = await runPayouts(deps);
    if (made > 0) deps.log.info({ made }, 'payouts were made');
  };
  const { log, bankFiles } = deps;
  const folder = { path: bankFiles.folder ?? '', mode: folderMode, setting: 'BANK_FILES_DIR', log };
  const writing = { name: 'bank files to write', everyMs, work: whileUsable(folder, () => writeBankFiles(deps)) };
  const bank = { name: 'bank of the sandbox', everyMs, work: () => answerAsBank(deps) };
  return [
    { name: 'payouts', everyMs, work: paid },
    { name: 'payouts to send', everyMs, work: sender(deps) },
    ...(bankFiles.folder === undefined ? [] : [writing]),
    ...(mode === 'sandbox' ? [bank] : []),
  ];
}

/** What payouts do when a clock of the sandbox was moved: all that is due by now, instead of with the next look. */
export function payoutJobs(deps: BankFileDeps): JobHandlers {
  return {
    [clockAdvancedJob]: async () => {
      await runPayouts(deps);
      await sendPayouts(deps);
      await answerAsBank(deps);
    },
  };
}

/** How many accounts, and payouts that are overdrawn, are told of at most. */
const toldMax = 100;

/**
 * Says once of each currency, of each payout that came back, and of each that its receiver has had already, that payouts wait for
 * it, and again when they have waited, gone and wait anew.
 */
function sender(deps: BankFileDeps): () => Promise<void> {
  let waiting: readonly Currency[] = [];
  let holding: readonly string[] = [];
  let overdrawn: readonly string[] = [];
  return async () => {
    const { made, withoutAccount } = await sendPayouts(deps);
    if (made > 0) deps.log.info({ made }, 'bank files were made');
    for (const currency of withoutAccount.filter((one) => !waiting.includes(one))) {
      deps.log.error(
        { currency },
        `payouts stay SCHEDULED: set ${settlementSetting(currency)} to the account they are paid from`,
      );
    }
    waiting = withoutAccount;
    const found = await findHoldingPayouts(deps.database, toldMax);
    for (const { id: payoutId, waiting: payouts } of found.filter(({ id }) => !holding.includes(id))) {
      deps.log.warn({ payoutId, payouts: Number(payouts) }, heldAccount);
    }
    holding = found.map(({ id }) => id);
    const had = await findOverdrawnPayouts(deps.database, toldMax);
    for (const payoutId of had.filter((id) => !overdrawn.includes(id))) deps.log.error({ payoutId }, paidAlready);
    overdrawn = had;
  };
}

const heldAccount =
  'payouts stay SCHEDULED: one to their account came back, so they wait for resumePayouts, or are cancelled';

const paidAlready =
  'a payout stays SCHEDULED: its receiver has had its money by one that was cancelled and executed all the same, so cancel it; otherwise it goes when his sales have made that good';
