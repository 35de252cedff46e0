import { type DocumentNode, type FieldNode, Kind, type Location } from 'graphql';

const kept = new WeakMap<DocumentNode, DocumentNode>();

/**
 * A document, known to be good, as it is kept while it is executed again and again, in a third of the memory or less: the parser keeps
 * every word and sign with its neighbours, the place of each name, and many empty lists. To execute it needs no more of
 * these than the places of its fields and variables, which errors tell.
 */
export function documentToKeep(document: DocumentNode): DocumentNode {
  const known = kept.get(document) ?? (slim(document, new Map()) as DocumentNode);
  kept.set(document, known);
  return known;
}

const nothing: readonly never[] = [];

/** Names and values, by their kind and text: the same ones stand in many places. */
type Leaves = Map<string, object>;

function slim(part: unknown, leaves: Leaves): unknown {
  if (Array.isArray(part)) return part.length === 0 ? nothing : part.map((one) => slim(one, leaves));
  if (typeof part !== 'object' || part === null) return part;
  const node = part as { readonly kind: Kind; readonly value?: unknown; readonly loc?: Location };
  const { kind, value, loc } = node;
  if (typeof value === 'string') {
    const leaf = leaves.get(`${kind} ${value}`) ?? { kind, value };
    leaves.set(`${kind} ${value}`, leaf);
    return leaf;
  }
  if (kind === Kind.FIELD) return slimField(part as FieldNode, leaves);
  const copy: Record<string, unknown> = { ...node, loc: undefined };
  for (const name of Object.keys(copy)) copy[name] = slim(copy[name], leaves);
  if (kind === Kind.VARIABLE) copy.loc = placeOf(loc);
  return copy;
}

/** Most of a document, so it is made in one go: an object that grows takes twice the memory. */
function slimField(field: FieldNode, leaves: Leaves): object {
  const { kind, alias, name, arguments: given, directives, selectionSet, loc } = field;
  return {
    kind,
    alias: slim(alias, leaves),
    name: slim(name, leaves),
    arguments: slim(given, leaves),
    directives: slim(directives, leaves),
    selectionSet: slim(selectionSet, leaves),
    loc: placeOf(loc),
  };
}

/** As much of a location as errors read. */
function placeOf(loc: Location | undefined): Pick<Location, 'start' | 'source'> | undefined {
  return loc && { start: loc.start, source: loc.source };
}
