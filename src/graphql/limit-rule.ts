import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** How much one operation may ask for. A list counts its rows: what `first` or `last` says, or else what a page has. */
export const operationLimits = { depth: 12, fields: 20_000, aliases: 20, rootFields: 20, directives: 20 } as const;

/**
 * How many fields and fragments all operations of a document may have, each counted wherever it is spread, those too that cost
 * nothing: to count them takes time.
 */
export const stepsMax = 20_000;

/**
 * How many pairs of fields of one name, or of fragments, may stand in one place of the answers, over all of a document. The rule
 * that they must fit together compares each with each, so that a screenful of one field would take a tenth of a second.
 */
export const pairsMax = 3_000;

const pageSizeDefault = 20;
const pageSizeOfVariable = 100;

type Tally = {
  cost: number;
  aliases: number;
  directives: number;
  deepest: number;
  rootFields: number;
  readonly walked: Walked;
};

/** What is counted over the whole document, and which of its fragments are spread anywhere. */
type Walked = { steps: number; pairs: number; readonly spread: Set<FragmentDefinitionNode> };

/**
 * Refuses operations that are too deep, too wide or too costly, before anything runs, and before other rules look at them, which
 * take their time over what is too large. It counts through fragments, and stops counting as soon as a limit is passed, so
 * that a document made to be costly is not costly to refuse. It says no more than the first thing it finds.
 */
export const limitRule: ValidationRule = (context) => ({
  Document: (document) => {
    const schema = context.getSchema();
    const fragments = fragmentsOf(context);
    const walked: Walked = { steps: 0, pairs: 0, spread: new Set() };
    const refuses = (
      node: OperationDefinitionNode | FragmentDefinitionNode,
      { type, depth }: Pick<Place, 'type' | 'depth'>,
    ): boolean => {
      const directives = directivesOf(node);
      const tally: Tally = { cost: 0, aliases: 0, directives, deepest: 0, rootFields: 0, walked };
      const place: Place = { type, depth, rows: 1, path: [], met: meetNothing() };
      count(node.selectionSet, place, { tally, schema, fragments });
      const problem = problemOf(tally);
      if (problem === undefined) return false;
      const extensions = { code: 'QUERY_TOO_COMPLEX' };
      context.reportError(new GraphQLError(`${problem}; ask for less at once.`, { nodes: node, extensions }));
      return true;
    };
    for (const node of document.definitions) {
      if (node.kind !== Kind.OPERATION_DEFINITION) continue;
      if (refuses(node, { type: schema.getRootType(node.operation) ?? undefined, depth: 1 })) return;
    }
    // The other rules look at those too that no operation needs, or whose name another has.
    for (const node of document.definitions) {
      if (node.kind !== Kind.FRAGMENT_DEFINITION || walked.spread.has(node)) continue;
      if (refuses(node, { type: schema.getType(node.typeCondition.name.value), depth: 2 })) return;
    }
  },
});

/** What stands in one place of the answer already: how many fragments, and how often each name of a field, with what is below it. */
type Met = { fragments: number; readonly fields: Map<string, { times: number; readonly below: Met }> };

function meetNothing(): Met {
  return { fragments: 0, fields: new Map() };
}

type Place = {
  readonly type: GraphQLNamedType | undefined;
  readonly depth: number;
  readonly rows: number;
  /** Fragments on the way here; a cycle is reported by another rule and must only not hang this one. */
  readonly path: readonly string[];
  /** What the same place of the answer has from elsewhere in the document. */
  readonly met: Met;
  /** True inside introspection, of which neither depth nor cost counts. */
  readonly silent?: boolean;
};

type Counting = {
  readonly tally: Tally;
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
};

function count(set: SelectionSetNode, place: Place, counting: Counting): void {
  const { tally, fragments } = counting;
  for (const selection of set.selections) {
    if (problemOf(tally) !== undefined) return;
    tally.walked.steps += 1;
    tally.directives += directivesOf(selection);
    if (selection.kind === Kind.FIELD) {
      countField(selection, place, counting);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      count(selection.selectionSet, narrowed(place, selection, counting), counting);
    } else {
      const name = selection.name.value;
      const fragment = fragments.get(name);
      tally.cost += 1;
      tally.walked.pairs += place.met.fragments;
      place.met.fragments += 1;
      if (fragment) tally.walked.spread.add(fragment);
      if (fragment && !place.path.includes(name)) {
        count(fragment.selectionSet, narrowed({ ...place, path: [...place.path, name] }, fragment, counting), counting);
      }
    }
  }
}

/** Inside a fragment, the fields are those of its type: a member of a union has none that the union knows of. */
function narrowed(
  place: Place,
  { typeCondition }: { readonly typeCondition?: NamedTypeNode | undefined },
  { schema }: Counting,
): Place {
  return typeCondition ? { ...place, type: schema.getType(typeCondition.name.value) } : place;
}

function countField(field: FieldNode, place: Place, counting: Counting): void {
  const { tally } = counting;
  if (field.alias) tally.aliases += 1;
  if (place.depth === 1) tally.rootFields += 1;
  // Introspection is deep by nature and costs no query; graphql-js has a rule of its own for what goes round in it, and
  // whether it is allowed at all is decided elsewhere. Only its aliases count, since they multiply the answer.
  const silent = place.silent === true || field.name.value.startsWith('__');
  if (!silent) {
    tally.cost += place.rows;
    tally.deepest = Math.max(tally.deepest, place.depth);
  }
  const met = meetField(field, place, tally.walked);
  if (!field.selectionSet) return;
  const { type, rows } = fieldFacts(field, place);
  count(field.selectionSet, { ...place, type, rows, silent, met, depth: place.depth + 1 }, counting);
}

/** Counts a field of one name with each that stands there already, and gives what stands below them. */
function meetField({ alias, name }: FieldNode, { met: { fields } }: Place, walked: Walked): Met {
  const same = fields.get((alias ?? name).value) ?? { times: 0, below: meetNothing() };
  fields.set((alias ?? name).value, same);
  walked.pairs += same.times;
  same.times += 1;
  return same.below;
}

function fieldFacts(field: FieldNode, place: Place): { type: GraphQLNamedType | undefined; rows: number } {
  const { type } = place;
  const fields = type && (isObjectType(type) || isInterfaceType(type)) ? type.getFields() : undefined;
  const definition = fields?.[field.name.value];
  const result = definition && getNamedType(definition.type);
  const paged = definition?.args.some((argument) => argument.name === 'first') === true;
  return {
    type: result && isCompositeType(result) ? result : undefined,
    rows: Math.min(place.rows * (paged ? pageSizeOf(field) : 1), Number.MAX_SAFE_INTEGER),
  };
}

function pageSizeOf(field: FieldNode): number {
  const sizes = (field.arguments ?? [])
    .filter(({ name, value }) => (name.value === 'first' || name.value === 'last') && value.kind !== Kind.NULL)
    .map(({ value }) => (value.kind === Kind.INT ? Math.max(1, Number(value.value)) : pageSizeOfVariable));
  return sizes.length === 0 ? pageSizeDefault : Math.max(...sizes);
}

function directivesOf({ directives }: { readonly directives?: readonly DirectiveNode[] | undefined }): number {
  return directives?.length ?? 0;
}

function problemOf(tally: Tally): string | undefined {
  const { depth, fields, aliases, rootFields, directives } = operationLimits;
  if (tally.deepest > depth) return `The operation is more than ${depth} levels deep`;
  if (tally.cost > fields) return `The operation could give more than ${fields} fields`;
  if (tally.aliases > aliases) return `The operation has more than ${aliases} aliases`;
  if (tally.directives > directives) return `The operation has more than ${directives} directives`;
  if (tally.rootFields > rootFields) return `The operation has more than ${rootFields} fields at its root`;
  if (tally.walked.steps > stepsMax) return `The document asks for more than ${stepsMax} fields and fragments`;
  if (tally.walked.pairs > pairsMax)
    return `The document has more than ${pairsMax} pairs of fields of one name, or of fragments, in one place`;
  return undefined;
}

function fragmentsOf(context: ValidationContext): Map<string, FragmentDefinitionNode> {
  const definitions = context.getDocument().definitions;
  return new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
}
