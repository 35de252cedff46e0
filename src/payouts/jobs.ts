import { answerAsBank } from './answer-as-bank.ts';
import type { PayoutDeps } from './deps.ts';
import { runPayouts } from './run-payouts.ts';
import { sendPayouts } from './send-payouts.ts';

const everyMs = 30_000;

/**
 * What payouts do later, all of it by looking for what is due: pay out, and in the sandbox hand them to a bank and be it. In
 * production they stay SCHEDULED, since no bank is connected yet that could be handed anything.
 * Nothing has to be remembered for it, so a run that was killed goes on by itself.
 */
export function payoutSweeps(
  deps: PayoutDeps,
  mode: 'sandbox' | 'production',
): readonly { readonly name: string; readonly everyMs: number; readonly work: () => Promise<void> }[] {
  const paid = async (): Promise<void> => {
    const made = await runPayouts(deps);
    if (made > 0) deps.log.info({ made }, 'payouts were made');
  };
  if (mode === 'production') return [{ name: 'payouts', everyMs, work: paid }];
  return [
    { name: 'payouts', everyMs, work: paid },
    { name: 'payouts to send', everyMs, work: () => sendPayouts(deps) },
    { name: 'bank of the sandbox', everyMs, work: () => answerAsBank(deps) },
  ];
}
