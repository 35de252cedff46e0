import type { Event, WebhookDelivery } from '@bramka/client';
import { describeEvent } from './describe-event.ts';
import { reportConnection } from './report-connection.ts';
import type { Terminal } from './terminal.ts';
import { type Attempted, attemptsOf, watchAttempts, watchedMax } from './watch-attempts.ts';

/** What `bramka logs` was asked for. */
export type LogsOptions = { readonly lines: number; readonly follow?: boolean };

type Line = { readonly at: string; readonly forPeople: string; readonly forPrograms: object };

/** Prints the latest events of a shop and the latest tries to deliver its webhooks, oldest first; then, if wanted, new ones. */
export async function logs(terminal: Terminal, { lines, follow }: LogsOptions): Promise<void> {
  const { client, signal } = terminal;
  const { shopId } = terminal.settings;
  const [events, deliveries] = await Promise.all([
    client.eventPage({ shopId, last: lines }, { signal }),
    client.webhookDeliveries({ shopId, first: follow ? watchedMax : lines }, { signal }),
  ]);
  const latest = deliveries.nodes.slice(0, lines);
  const all = [...events.nodes.map(lineOfEvent), ...latest.flatMap(attemptsOf).map(lineOfAttempt)];
  for (const line of all.toSorted((a, b) => a.at.localeCompare(b.at)).slice(-lines)) await print(terminal, line);
  if (!follow) return;
  const last = events.pageInfo.endCursor;
  await Promise.all([followEvents(terminal, last), followAttempts(terminal, deliveries.nodes)]);
}

async function followEvents(terminal: Terminal, last: string | null): Promise<void> {
  const { client, settings, signal, say } = terminal;
  const place = last === null ? { from: 'start' as const } : { after: last };
  const options = { ...place, shopId: settings.shopId, signal, ...reportConnection(say) };
  for await (const event of client.events(options)) await print(terminal, lineOfEvent(event));
}

async function followAttempts(terminal: Terminal, seen: readonly WebhookDelivery[]): Promise<void> {
  for await (const tried of watchAttempts(terminal, seen)) await print(terminal, lineOfAttempt(tried));
}

function print(terminal: Terminal, { forPeople, forPrograms }: Line): Promise<void> {
  return terminal.print(forPeople, forPrograms);
}

function lineOfEvent(event: Event): Line {
  return { at: event.at, forPeople: `event    ${describeEvent(event)}`, forPrograms: { event } };
}

function lineOfAttempt({ delivery, attempt }: Attempted): Line {
  const { eventNumber, url, status, nextTryAt } = delivery;
  const { number, at, responseStatus, error, durationMs, manual } = attempt;
  const answer = responseStatus === null ? (error ?? 'no answer') : `${responseStatus} in ${durationMs} ms`;
  const next = status === 'PENDING' && nextTryAt !== null ? `next ${nextTryAt}` : status;
  const words = [
    String(eventNumber).padStart(6),
    at,
    `${manual ? 'sent again' : 'try'} ${number}: ${answer}`.padEnd(22),
  ];
  const forPrograms = { delivery: { id: delivery.id, eventNumber, url, status, nextTryAt }, attempt };
  return { at, forPeople: `webhook  ${[...words, next, url].join('  ')}`, forPrograms };
}
