import { parse } from 'graphql';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type AnyDocument, type Client, createClient, type EventType } from '../../client/src/index.ts';
import { answerSubscriptions } from './answer-subscriptions.ts';

/** As graphql-codegen writes it with `documentMode: 'string'`. */
class TypedDocumentString<Result, Variables> extends String {
  __apiType?: NonNullable<((variables: Variables) => Result) | undefined>;
  private value: string;
  __meta__?: Record<string, unknown> | undefined;

  constructor(value: string, meta?: Record<string, unknown> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = meta;
  }

  override toString(): string {
    return this.value;
  }
}

type Exact<Shape extends { [name: string]: unknown }> = { [Name in keyof Shape]: Shape[Name] };
type Named = { shop: { name: string } | null };
const named = 'query Named($id: ID!) { shop(id: $id) { name } }';
const namedDocument = new TypedDocumentString<Named, Exact<{ id: string }>>(named);

type Kinds = { events: { cursor: string; number: number; type: EventType } | { cursor: string; number: number } };
type KindsVariables = Exact<{
  shopId: string;
  after?: string | null | undefined;
  types?: Array<EventType> | EventType | null | undefined;
}>;
const kinds = `subscription Kinds($shopId: ID!, $after: Cursor, $types: [EventType!]) {
  events(shopId: $shopId, after: $after, types: $types) { cursor number ... on PaymentEvent { type } }
}`;
const kindsDocument = new TypedDocumentString<Kinds, KindsVariables>(kinds);

/** A client, and the texts that it sent by fetch. */
function openClient(url = 'https://pay.example'): { readonly client: Client; readonly sent: string[] } {
  const sent: string[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    sent.push(JSON.parse(String(init?.body)).query);
    return Response.json({ data: { shop: { name: 'Sklep' } } });
  };
  return { client: createClient({ url, apiKey: 'bk_test_any', fetch }), sent };
}

describe('A document that graphql-codegen writes as a text', () => {
  it('is sent as it is, and brings its types', async () => {
    const { client, sent } = openClient();
    const result = await client.request(namedDocument, { id: 'any' });
    expectTypeOf(result).toEqualTypeOf<Named>();
    expect(result.shop?.name).toBe('Sklep');
    expect(sent).toEqual([named]);
    const variablesOf = <Variables>(_: AnyDocument<unknown, Variables>): Variables | undefined => undefined;
    expectTypeOf(variablesOf(namedDocument)).toEqualTypeOf<{ id: string } | undefined>();
  });

  it('is followed, and brings the type of its events', async () => {
    const gateway = await answerSubscriptions({
      subscribed: (say) => say('next', { data: { events: { cursor: 'at 1', number: 1 } } }),
    });
    const events = openClient(gateway.url).client.eventsOf(kindsDocument, { shopId: 'any', after: 'at 0' });
    for await (const event of events) {
      expectTypeOf(event).toEqualTypeOf<Kinds['events']>();
      expect(event.number).toBe(1);
      break;
    }
  });
});

describe('A document without a text', () => {
  it.each([
    ['that was parsed without it', () => parse(named, { noLocation: true })],
    ['that graphql-codegen wrote so', () => ({ kind: 'Document', definitions: [] })],
  ])('is refused with what to do: one %s', async (_, make) => {
    const sentence =
      "The document has no text; parse it without `noLocation`, or have graphql-codegen write texts (documentMode: 'string').";
    const { client, sent } = openClient();
    await expect(client.request(make(), {})).rejects.toThrow(new TypeError(sentence));
    expect(sent).toEqual([]);
  });
});
