import { type ClientOptions, openConnection } from './connection.ts';
import type { AnyDocument } from './document.ts';
import { type EventsInput, type EventsOptions, followEvents, type Located } from './follow-events.ts';
import { type Event, eventsDocument } from './generated/operations.ts';
import { createOperations, createSender, type Operations, type Sender } from './operations.ts';

/** A gateway, as a shop uses it. */
export type Client = Operations & {
  /**
   * Sends any other operation. A document that knows its types (gql.tada, graphql-codegen) gives a result that does; refusals
   * in unions are part of it and are not thrown.
   */
  readonly request: Sender;
  /**
   * Follows the log of a shop: `for await (const event of client.events({ shopId, after }))`. Every event comes once, in
   * order; lost connections are opened again by themselves, and nothing is lost meanwhile. Leave the loop, or abort the
   * signal, to end it.
   * @throws BramkaError for a key that is not good (FORBIDDEN), or a cursor that is none or too old (CURSOR_INVALID,
   *   CURSOR_EXPIRED).
   */
  events(options: EventsOptions): AsyncGenerator<Event, void, undefined>;
  /** The same with a document of your own: a subscription to `events($shopId, $after, $types)` with at least cursor and number. */
  eventsOf<Item extends Located>(
    document: AnyDocument<{ readonly events: Item }, EventsInput>,
    options: EventsOptions,
  ): AsyncGenerator<Item, void, undefined>;
};

/**
 * Makes a client of a gateway. It opens no connection before it is asked for something, and needs no closing.
 * @throws TypeError for an address or a key that cannot be one.
 */
export function createClient(options: ClientOptions): Client {
  const connection = openConnection(options);
  const request = createSender(connection);
  return {
    ...createOperations(request),
    request,
    events: (following) => followEvents(connection, eventsDocument, following),
    eventsOf: (document, following) => followEvents(connection, document, following),
  };
}
