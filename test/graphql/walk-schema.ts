import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { documentLimits } from '../../src/graphql/guard-operations.ts';
import { schema } from '../../src/graphql/schema.ts';

/** One operation of the schema, with everything filled in that can be. */
export type WalkedOperation = {
  /** Such as `Query.payment`. */
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly field: string;
  readonly description: string;
  readonly query: string;
  /** What the query asks of the field's type; empty for one that has no fields. */
  readonly selection: string;
  /** Its inputs that name something of a tenant: `Mutation.cancelPayment.input.paymentId`. */
  readonly idPaths: readonly string[];
  /** Its variables; the function gives the value of an input that names something, undefined to leave it out. */
  variables(idFor: (path: string) => unknown): Record<string, unknown>;
};

const depthMax = 6;
const day = 86_400_000;

/** Inputs whose name sounds like an id, but whose value is the caller's own choice. */
const free = new Set(['orderId', 'taxId']);

/** Values that fit where the type alone does not say enough. Undefined leaves the input out. */
const byName: Readonly<Record<string, unknown>> = {
  ...{
    last: undefined,
    before: undefined,
    first: 2,
    amount: 100,
    currency: 'PLN',
    country: 'PL',
    methods: ['BLIK'],
    method: 'BLIK',
  },
  ...{ code: '123456', channel: 'blik', payerIp: '203.0.113.7', email: 'jan@shop.example', phone: '+48 600 000 000' },
  ...{
    scopes: ['payments:read'],
    paymentValiditySeconds: 3_600,
    sandboxDelayMs: 0,
    overlapHours: 1,
    appKey: undefined,
    // Goes with another method than the one above.
    wallet: undefined,
    shares: undefined,
    // Go with other kinds of reports than the first.
    ...{ refundStatus: undefined, payoutStatus: undefined },
    ...{ nip: '5260250274', regon: '123456785', postalCode: '00-950', iban: 'PL61109010140000071219812874' },
    // Cannot be changed.
    settlement: undefined,
  },
  ...{ createdFrom: '2020-01-01T00:00:00Z', createdBefore: '2099-01-01T00:00:00Z', locale: 'pl', orderId: undefined },
};

/** The same for one place. */
const byPath: Readonly<Record<string, unknown>> = {
  // Kept with the payment and shown again, whoever else knows a payer by it; a card is stored under it later.
  'Mutation.createPayment.input.customerId': 'my-payer',
  'Mutation.updateShop.input.url': undefined,
  // Reached already: other stories of the same merchant are not to find a day gone.
  'Mutation.advanceClock.input.until': '2026-01-01T00:00:00Z',
  'Mutation.createReport.input.kind': 'TRANSACTIONS',
  'Mutation.createReport.input.format': 'CSV',
  'Mutation.scheduleReport.input.kind': 'TRANSACTIONS',
  'Mutation.scheduleReport.input.format': 'CSV',
};

/** Whether an input names something that belongs to somebody. */
function isIdLike(path: string, type: GraphQLNamedType): boolean {
  const name = path.split('.').at(-1) ?? '';
  if (free.has(name) || path in byPath) return false;
  return type.name === 'ID' || type.name === 'Cursor' || /^id$|Ids?$/.test(name) || name === 'after';
}

/** Says whether an operation is one of merchants; the others are of operators, or of whoever is no merchant yet. */
export function isOfMerchants({ description }: WalkedOperation): boolean {
  return !/Operators only|Needs no key/.test(description);
}

/** Every operation of the schema. Fields below it are not asked for where their description fits `leftOut`. */
export function walkSchema(leftOut?: RegExp): WalkedOperation[] {
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  return Object.entries(roots).flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map((field) =>
      walkField(`${root}.${field.name}`, { kind: kind as WalkedOperation['kind'], field, leftOut }),
    ),
  );
}

type Walk = {
  readonly kind: WalkedOperation['kind'];
  readonly field: GraphQLField<unknown, unknown>;
  readonly leftOut: RegExp | undefined;
};

function walkField(name: string, { kind, field, leftOut }: Walk): WalkedOperation {
  const idPaths = field.args.flatMap((arg) => idPathsOf(`${name}.${arg.name}`, arg.type));
  // A page size that is a variable counts as the largest.
  const args = field.args.filter(({ name: arg }) => arg !== 'first' && arg !== 'last');
  const declared = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const page = field.args.some((arg) => arg.name === 'first') ? ['first: 2'] : [];
  const given = [...args.map((arg) => `${arg.name}: $${arg.name}`), ...page].join(', ');
  const call = field.args.length === 0 ? field.name : `${field.name}(${given})`;
  const seen = new Map<string, string>();
  const selection = selectionOf(field.type, { path: [], leftOut, seen });
  return {
    ...{ name, kind, idPaths, selection, field: field.name, description: field.description ?? '' },
    query: inFragments(`${kind} ${declared && `(${declared})`} { ${call} ${selection} }`, seen),
    variables: (idFor) =>
      Object.fromEntries(args.map((arg) => [arg.name, inputFor(`${name}.${arg.name}`, arg.type, idFor)])),
  };
}

function idPathsOf(path: string, type: GraphQLInputType): string[] {
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    return Object.values(named.getFields()).flatMap((field) => idPathsOf(`${path}.${field.name}`, field.type));
  }
  return isIdLike(path, named) ? [path] : [];
}

function inputFor(path: string, type: GraphQLInputType, idFor: (path: string) => unknown): unknown {
  const name = path.split('.').at(-1) ?? '';
  const named = getNamedType(type);
  if (isIdLike(path, named)) return idFor(path);
  if (path in byPath) return byPath[path];
  const bare = isNonNullType(type) ? type.ofType : type;
  if (name in byName && !(name === 'orderId' && isNonNullType(type))) return byName[name];
  if (isListType(bare) && isInputObjectType(named)) return [inputFor(path, named, idFor)];
  if (isListType(bare))
    return isEnumType(named) ? named.getValues().map((value) => value.name) : [leafFor(named, name)];
  if (!isInputObjectType(named)) return leafFor(named, name);
  const fields = Object.values(named.getFields());
  return Object.fromEntries(fields.map((field) => [field.name, inputFor(`${path}.${field.name}`, field.type, idFor)]));
}

function leafFor(type: GraphQLNamedType, name: string): unknown {
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (name === 'idempotencyKey') return crypto.randomUUID();
  const values: Readonly<Record<string, unknown>> = {
    ...{ String: 'text', Int: 1, Boolean: true, MinorUnits: 100, Count: 1, URL: 'https://shop.example/x' },
    DateTime: new Date(Date.now() + day).toISOString(),
    // The day of the payout that every tenant has.
    Date: '2025-01-01',
  };
  if (!(type.name in values)) throw new Error(`The walk has no value for the type ${type} (${name}); give it one.`);
  return values[type.name];
}

type Place = {
  readonly path: readonly string[];
  readonly leftOut: RegExp | undefined;
  /** What is asked for of objects, with the name of their type. */
  readonly seen: Map<string, string>;
};

const wordsOf = (text: string): number => text.match(/\w+|[^\w\s]/g)?.length ?? 0;

/** The same document, and if it has too many words, with fragments of what it asks for more than once. */
function inFragments(document: string, seen: ReadonlyMap<string, string>): string {
  let written = document;
  const longestFirst = [...seen].sort(([one], [other]) => other.length - one.length);
  for (const [place, [selection, type]] of longestFirst.entries()) {
    if (wordsOf(written) < documentLimits.tokens) break;
    if (wordsOf(selection) < 10 || written.split(selection).length < 3) continue;
    written = `${written.replaceAll(selection, `{ ...F${place} }`)} fragment F${place} on ${type} ${selection}`;
  }
  return written;
}

/** Everything that can be selected of a type, without going round in circles. */
function selectionOf(type: GraphQLOutputType, { path, leftOut, seen }: Place): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  const members = isUnionType(named) || isInterfaceType(named) ? schema.getPossibleTypes(named) : [];
  const common = isUnionType(named)
    ? []
    : Object.values((isObjectType(named) || isInterfaceType(named)) && named.getFields());
  const parts = common.flatMap((field) => fieldSelection(field, { path: [...path, named.name], leftOut, seen }));
  const inner = members.map((member) => {
    const own = Object.values(member.getFields()).filter((field) => !common.some(({ name }) => name === field.name));
    const selected = own.flatMap((field) =>
      // Members of one interface may have fields of one name and several types.
      (isEnumType(getNamedType(field.type)) ? [`${member.name}_`] : ['']).flatMap((prefix) =>
        fieldSelection(field, { path: [...path, named.name, member.name], leftOut, seen }).map((text) =>
          prefix ? `${prefix}${field.name}: ${text}` : text,
        ),
      ),
    );
    return `... on ${member.name} { ${selected.join(' ')} }`;
  });
  // Where nothing needs it, it is left out: a document may have so many words.
  const typename = parts.length === 0 || members.length > 0 ? ['__typename'] : [];
  return `{ ${[...typename, ...parts, ...inner].join(' ')} }`;
}

function fieldSelection(field: GraphQLField<unknown, unknown>, { path, leftOut, seen }: Place): string[] {
  const named = getNamedType(field.type);
  if (field.args.some(isRequiredArgument) || leftOut?.test(field.description ?? '')) return [];
  if (isLeafType(named)) return [field.name];
  if (path.length >= depthMax || path.includes(named.name)) return [];
  const selection = selectionOf(field.type, { path, leftOut, seen });
  seen.set(selection, named.name);
  return [`${field.name} ${selection}`];
}
