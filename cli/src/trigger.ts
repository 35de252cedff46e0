import { randomUUID } from 'node:crypto';
import type { Event } from '@bramka/client';
import { describeEvent } from './describe-event.ts';
import { NotDone } from './errors.ts';
import { followNow } from './follow-now.ts';
import { isOwn, recipeFor } from './recipes.ts';
import type { Terminal } from './terminal.ts';

/**
 * Makes the sandbox produce an event, for a payment of its own, and prints the event when it is in the log.
 * @throws WrongUse for an event that cannot be made; NotDone in production, or when it does not come in time.
 */
export async function trigger(
  terminal: Terminal,
  name: string,
  { timeout }: { readonly timeout: number },
): Promise<void> {
  const { type, cook } = recipeFor(name);
  // Any other key the gateway refuses, and says why.
  if (terminal.settings.apiKey.startsWith('bk_live_')) {
    throw new NotDone('Only a sandbox makes events on demand, and this key (bk_live_…) is of no sandbox.');
  }
  const following = await followNow(terminal, { seconds: timeout });
  try {
    const kitchen = { ...terminal, following, signal: following.signal, customerId: `cli-${randomUUID()}` };
    const payment = await cook(kitchen);
    const isIt = (event: Event): event is Event => event.type === type && isOwn(event, kitchen, payment);
    const event = await following.until(isIt);
    await terminal.print(describeEvent(event), event);
  } finally {
    await following.end();
  }
}
