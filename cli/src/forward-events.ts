import type { Event, EventsOptions, EventsVariables, EventType, Located, TypedDocument } from '@bramka/client';
import { WrongUse } from './errors.ts';
import type { Settings } from './read-settings.ts';
import { type Message, signImoje, signStandard } from './sign-message.ts';
import type { Terminal } from './terminal.ts';

/** The forms in which events are forwarded: imoje's notification, or Standard Webhooks. */
export const forms = ['imoje', 'standard'] as const;
export type Form = (typeof forms)[number];

/** An event on its way to a local server; without a message it makes no notification. */
export type Forwarded = Located & { readonly type: EventType; readonly message: (() => Message) | undefined };

type Told = Located & { readonly type: EventType; readonly notification: string | null };

const toldDocument = `subscription ($shopId: ID!, $after: Cursor, $types: [EventType!]) {
  events(shopId: $shopId, after: $after, types: $types) { cursor number type notification }
}` as TypedDocument<{ readonly events: Told }, EventsVariables>;

/** Makes a notification of the bytes of its body. */
export type Signer = (body: string) => Message;

/** Signs as imoje does. @throws WrongUse without the shop's service key. */
export async function imojeSigner({
  client,
  settings,
  signal,
}: Pick<Terminal, 'client' | 'settings' | 'signal'>): Promise<Signer> {
  const { shopId, serviceKey } = settings;
  if (serviceKey === undefined) {
    throw new WrongUse(
      "The imoje form is signed by the shop's service key: set BRAMKA_SERVICE_KEY, or take --form standard.",
    );
  }
  const merchantId = settings.merchantId ?? (await client.shop(shopId, { signal }))?.merchantId;
  if (merchantId === undefined) throw new WrongUse(`The key sees no shop ${shopId}; name another by --shop.`);
  return (body) => signImoje(body, { merchantId, shopId, serviceKey });
}

/** Follows the events of a shop as its webhook would tell them in the imoje form. */
export async function* followNotifications(
  { client }: Pick<Terminal, 'client'>,
  options: EventsOptions,
  sign: Signer,
): AsyncGenerator<Forwarded, void, undefined> {
  for await (const { notification, ...event } of client.eventsOf(toldDocument, options)) {
    yield { ...event, message: notification === null ? undefined : () => sign(notification) };
  }
}

/** Follows the events of a shop as messages of Standard Webhooks: every event, with its cursor as the message's id. */
export async function* followMessages(
  { client, settings }: Pick<Terminal, 'client' | 'settings'>,
  options: EventsOptions,
): AsyncGenerator<Forwarded, void, undefined> {
  const key = standardKey(settings);
  for await (const event of client.events(options)) {
    const body = bodyOf(event);
    const message = () => signStandard(body, { id: event.cursor, at: Math.floor(Date.now() / 1_000), key });
    yield { cursor: event.cursor, number: event.number, type: event.type, message };
  }
}

function bodyOf(event: Event): string {
  return JSON.stringify({ type: event.type, timestamp: event.at, data: event });
}

/** The bytes that Standard Webhooks are signed by: the secret's, or those of the service key. */
function standardKey({ webhookSecret, serviceKey }: Settings): Buffer {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(webhookSecret ?? '') ?? [];
  if (encoded !== undefined) return Buffer.from(encoded, 'base64');
  if (webhookSecret !== undefined) throw new WrongUse('BRAMKA_WEBHOOK_SECRET must be whsec_ and Base64 behind it.');
  if (serviceKey !== undefined) return Buffer.from(serviceKey);
  throw new WrongUse(
    'Standard Webhooks are signed by a secret: set BRAMKA_WEBHOOK_SECRET to whsec_ and Base64 behind it.',
  );
}
