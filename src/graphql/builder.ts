import SchemaBuilder, { type SchemaTypes } from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import type PrismaTypes from '../kernel/db/generated/pothos.ts';
import { getDatamodel } from '../kernel/db/generated/pothos.ts';
import type { GraphContext } from './context.ts';

/** The one builder on which every slice's `graphql.ts` declares its types; `schema.ts` collects them. */
export const builder = new SchemaBuilder<{
  DefaultFieldNullability: false;
  PrismaTypes: PrismaTypes;
  Context: GraphContext;
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    Date: { Input: string; Output: string };
    Cursor: { Input: string; Output: string };
    URL: { Input: string; Output: string };
    Count: { Input: bigint; Output: bigint };
    MinorUnits: { Input: bigint; Output: bigint };
    ID: { Input: string; Output: string };
  };
}>({
  defaultFieldNullability: false,
  plugins: [RelayPlugin, PrismaPlugin],
  prisma: {
    client: (context) => context.app.payments.database.prisma,
    dmmf: getDatamodel(),
    maxConnectionSize: 100,
    defaultConnectionSize: 20,
  },
  relay: {
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    clientMutationId: 'omit',
    cursorType: 'String',
    cursorFieldOptions: { description: 'Its place; give it as `after` or `before`.' },
    nodeFieldOptions: { description: 'The row itself.' },
    edgesFieldOptions: { description: 'The rows of this page, each with its place.' },
    pageInfoFieldOptions: { description: 'Whether there is more.' },
    pageInfoTypeOptions: { description: 'Whether there is more, as in the Relay cursor connections specification.' },
    hasNextPageFieldOptions: { description: 'More rows follow this page.' },
    hasPreviousPageFieldOptions: { description: 'Rows come before this page.' },
    startCursorFieldOptions: { description: 'Place of the first row; null when the page is empty.' },
    endCursorFieldOptions: { description: 'Place of the last row; null when the page is empty.' },
    firstArgOptions: { description: 'How many rows from the start: 0 to 100, 20 if left out.' },
    lastArgOptions: { description: 'How many rows from the end: 0 to 100.' },
    afterArgOptions: { description: 'Rows behind this cursor.' },
    beforeArgOptions: { description: 'Rows before this cursor.' },
  },
});

builder.queryType({ description: 'Everything that can be read. Each field needs an API key with the scope it names.' });
builder.mutationType({
  description:
    'Everything that can be changed. Each mutation gives its success type or a Refusal; one that moves money takes an idempotency key.',
});
builder.subscriptionType({
  description: 'Facts as they happen, over WebSocket (graphql-transport-ws) and SSE. With `after`, none is lost.',
});

/** What the builder knows of our types: for functions that are given a part of it. */
export type BuilderTypes =
  typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Inferred extends SchemaTypes> ? Inferred : never;
