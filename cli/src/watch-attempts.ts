import { setTimeout as pause } from 'node:timers/promises';
import { outcomeOf, type WebhookDelivery } from '@bramka/client';
import type { Terminal } from './terminal.ts';

/** One try to deliver a notification, with the notification. */
export type Attempted = { readonly delivery: WebhookDelivery; readonly attempt: WebhookDelivery['attempts'][number] };

/** So many of the newest notifications are looked at; a try of an older one is not seen. */
export const watchedMax = 100;
const everyMs = 1_000;

/**
 * Gives each try to deliver a notification that is made from now on, in their order. The gateway writes no event about them,
 * so it is asked once a second. Ends when the signal is aborted.
 * @param seen the newest notifications as they were: tries since then count as new. Without, those since the first answer do.
 */
export async function* watchAttempts(
  { client, settings: { shopId }, signal }: Pick<Terminal, 'client' | 'settings' | 'signal'>,
  seen?: readonly WebhookDelivery[],
): AsyncGenerator<Attempted, void, undefined> {
  let known = seen && new Set(seen.flatMap(attemptsOf).map(nameOf));
  while (!signal.aborted) {
    // A gateway that cannot be reached is asked again: whoever follows its events says so.
    const page = await outcomeOf(client.webhookDeliveries({ shopId, first: watchedMax }, { signal })).catch(
      () => undefined,
    );
    if (page?.ok) {
      const tries = page.value.nodes.toReversed().flatMap(attemptsOf);
      const news = tries.filter((tried) => known !== undefined && !known.has(nameOf(tried)));
      yield* news.toSorted((a, b) => a.attempt.at.localeCompare(b.attempt.at));
      known = new Set(tries.map(nameOf));
    } else if (page?.error.code === 'FORBIDDEN') throw page.error;
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
}

/** The tries of a notification, first one first. */
export function attemptsOf(delivery: WebhookDelivery): Attempted[] {
  return delivery.attempts.map((attempt) => ({ delivery, attempt }));
}

function nameOf({ delivery, attempt }: Attempted): string {
  return `${delivery.id} ${attempt.number}`;
}
