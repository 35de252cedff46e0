import { readFileSync } from 'node:fs';
import type { GraphQLInterfaceType, GraphQLResolveInfo } from 'graphql';
import { expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { EventType } from '../../src/kernel/db/generated/prisma/enums.ts';

const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
const rows = Array.from(
  page.matchAll(/^\| `([A-Z]+_[A-Z]+)` \| [^|]+ \| ([^|]+) \|$/gm),
  ([, kind = '', carries = '']) => ({
    kind,
    carries: Array.from(carries.matchAll(/`(\w+)`/g), ([, name]) => name),
  }),
);

it('docs/events.md lists every kind of event once, and no other', () => {
  expect(rows.map(({ kind }) => kind).toSorted()).toEqual(Object.values(EventType).toSorted());
});

it('docs/events.md says which part each kind of event carries', async () => {
  const event = schema.getType('Event') as GraphQLInterfaceType;
  const common = Object.keys(event.getFields());
  for (const { kind, carries } of rows.filter((row) => !row.kind.startsWith('DISPUTE_'))) {
    const name = await event.resolveType?.({ type: kind }, {}, {} as GraphQLResolveInfo, event);
    const type = schema.getType(String(name)) as GraphQLInterfaceType;
    const own = Object.keys(type.getFields()).filter((field) => field !== 'status' && !common.includes(field));
    expect([kind, carries.toSorted()]).toEqual([kind, own.length > 0 ? own.toSorted() : ['shop']]);
  }
});
