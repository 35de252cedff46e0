export type { ClientOptions, WebSocketClass } from './connection.ts';
export { type Client, createClient } from './create-client.ts';
export type { AnyDocument, TypedDocument, TypedDocumentNode } from './document.ts';
export { BramkaError, type Outcome, outcomeOf, type TransportCode } from './errors.ts';
export type { EventsInput, EventsOptions, Located } from './follow-events.ts';
export type * from './generated/operations.ts';
export type { Page } from './operations.ts';
export type { CallOptions } from './send.ts';
