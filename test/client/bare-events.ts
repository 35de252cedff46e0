import type { EventsVariables, Located, TypedDocument } from '../../client/src/index.ts';

/** An event of that document. */
export type Bare = Located & { readonly type: string };

/** A document of one's own that asks for the least of each event. */
export const bare = `subscription ($shopId: ID!, $after: Cursor, $types: [EventType!]) {
  events(shopId: $shopId, after: $after, types: $types) { cursor number type }
}` as TypedDocument<{ readonly events: Bare }, EventsVariables>;
