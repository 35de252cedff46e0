import { causeOf, NotDone } from './errors.ts';

/**
 * Consents on a page of the sandbox in the payer's place.
 * @throws NotDone when the page does not take it; what the signal was aborted for.
 */
export async function approveAt(page: string, signal: AbortSignal): Promise<void> {
  const body = new URLSearchParams({ decision: 'approve' });
  const answer = await fetch(page, { method: 'POST', body, redirect: 'manual', signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new NotDone(
      `The payer's page ${page} cannot be reached (${causeOf(error)}); the gateway must name itself by an address that this machine reaches (PUBLIC_URL).`,
    );
  });
  await answer.body?.cancel();
  if (answer.status >= 400) {
    throw new NotDone(`The payer's page ${page} answered ${answer.status}; open it in a browser, which shows why.`);
  }
}
