import type { EventType, TypedDocument, WebhookDelivery } from '@bramka/client';
import type { Terminal } from './terminal.ts';

type Row = { readonly cursor: string; readonly number: number; readonly type: EventType };
type Found = { readonly payment: { readonly events: { readonly edges: readonly { readonly node: Row }[] } } | null };

const document = `query ($id: ID!, $after: Cursor) {
  payment(id: $id) { events(first: 100, after: $after) { edges { node { cursor number type } } } }
}` as TypedDocument<Found, { readonly id: string; readonly after: string | undefined }>;

/**
 * The kind of the event that a notification tells of, which the notification itself does not say; it is looked for among those of its
 * payment. Undefined when it is no longer kept.
 */
export async function kindOfEvent(
  { client, signal }: Pick<Terminal, 'client' | 'signal'>,
  { paymentId, eventNumber }: Pick<WebhookDelivery, 'paymentId' | 'eventNumber'>,
): Promise<EventType | undefined> {
  if (paymentId === null) return undefined;
  for (let after: string | undefined; ; ) {
    const { payment } = await client.request(document, { id: paymentId, after }, { signal });
    const rows = payment?.events.edges.map(({ node }) => node) ?? [];
    const last = rows.at(-1);
    if (!last || last.number >= eventNumber) return rows.find(({ number }) => number === eventNumber)?.type;
    after = last.cursor;
  }
}
