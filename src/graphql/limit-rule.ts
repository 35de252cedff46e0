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

const pageSizeDefault = 20;
const pageSizeOfVariable = 100;

type Tally = {
  cost: number;
  aliases: number;
  directives: number;
  deepest: number;
  rootFields: number;
  /** Of the whole document. */
  readonly walked: { steps: number };
};

/**
 * Refuses operations that are too deep, too wide or too costly, before anything runs. It counts through fragments, and
 * stops counting as soon as a limit is passed, so that a document made to be costly is not costly to refuse.
 */
export const limitRule: ValidationRule = (context) => {
  const walked = { steps: 0 };
  const fragments = fragmentsOf(context);
  return {
    OperationDefinition: (operation) => {
      const schema = context.getSchema();
      const directives = directivesOf(operation);
      const tally: Tally = { cost: 0, aliases: 0, directives, deepest: 0, rootFields: 0, walked };
      const root = schema.getRootType(operation.operation) ?? undefined;
      const place: Place = { type: root, depth: 1, rows: 1, path: [] };
      count(operation.selectionSet, place, { tally, schema, fragments });
      const problem = problemOf(tally);
      if (problem === undefined) return;
      const extensions = { code: 'QUERY_TOO_COMPLEX' };
      context.reportError(new GraphQLError(`${problem}; ask for less at once.`, { nodes: operation, extensions }));
    },
  };
};

type Place = {
  readonly type: GraphQLNamedType | undefined;
  readonly depth: number;
  readonly rows: number;
  /** Fragments on the way here; a cycle is reported by another rule and must only not hang this one. */
  readonly path: readonly string[];
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
  if (!field.selectionSet) return;
  const { type, rows } = fieldFacts(field, place);
  count(field.selectionSet, { ...place, type, rows, silent, depth: place.depth + 1 }, counting);
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
