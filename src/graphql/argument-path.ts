import { type ASTNode, Kind } from 'graphql';

/** Where a node stands in a document: what it is in, outermost first, and under which key each holds the next. */
export type Place = {
  readonly chain: readonly (ASTNode | readonly ASTNode[])[];
  readonly keys: readonly (string | number)[];
};

/** The place of a node that is visited, of what a visitor is told. */
export function placeOf(
  parent: ASTNode | readonly ASTNode[] | undefined,
  keys: readonly (string | number)[],
  ancestors: readonly (ASTNode | readonly ASTNode[])[],
): Place {
  return { chain: parent ? [...ancestors, parent] : ancestors, keys };
}

/** The names of argument and fields, and the places in lists, that lead to a value. */
export function argumentPath({ chain, keys }: Place): string[] {
  return chain.flatMap((one, level) => {
    if (!('kind' in one)) {
      const holder = chain[level - 1];
      return holder && 'kind' in holder && holder.kind === Kind.LIST ? [String(keys[level])] : [];
    }
    return one.kind === Kind.ARGUMENT || one.kind === Kind.OBJECT_FIELD ? [one.name.value] : [];
  });
}

/** The path as refusals have it: without the argument `input`, which all mutations take. */
export function fieldOf(path: readonly string[]): readonly string[] {
  return path[0] === 'input' ? path.slice(1) : path;
}
