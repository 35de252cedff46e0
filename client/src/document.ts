/**
 * The text of an operation that knows the type of its result and of its variables. What graphql-codegen writes with
 * `documentMode: 'string'` fits it.
 */
export type TypedDocument<Result, Variables> = string & {
  /** Not there at run time; it only carries the types. */
  readonly __apiType?: (variables: Variables) => Result;
};

/** A parsed operation that knows its types, as gql.tada and graphql-codegen make them. */
export type TypedDocumentNode<Result, Variables> = {
  readonly kind: string;
  readonly loc?: { readonly source: { readonly body: string } } | undefined;
  readonly __apiType?: (variables: Variables) => Result;
};

/** An operation in one of the forms that the client takes. */
export type AnyDocument<Result, Variables> =
  | TypedDocument<Result, Variables>
  | TypedDocumentNode<Result, Variables>
  // A document of graphql-codegen is an object of a class that extends String.
  | (string & { readonly __apiType?: (variables: Variables) => Result });

/**
 * Gives the text of an operation.
 * @throws TypeError for a parsed one that has lost its text (`noLocation`).
 */
export function textOf(document: AnyDocument<unknown, never>): string {
  if (typeof document === 'string' || document instanceof String) return String(document);
  if (typeof document !== 'object' || document === null) {
    throw new TypeError('The document must be the text of an operation, or a parsed one.');
  }
  const text = document.loc?.source.body;
  if (text === undefined) throw new TypeError('The document has no text; parse it without `noLocation`.');
  return text;
}
