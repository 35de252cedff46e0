/** The text of an operation that knows the type of its result and of its variables. */
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
  // A text of graphql-codegen (`documentMode: 'string'`) is an object of a class that extends String.
  | (InstanceType<typeof String> & { readonly __apiType?: (variables: Variables) => Result });

/**
 * Gives the text of an operation.
 * @throws TypeError for a parsed one without its text.
 */
export function textOf(document: AnyDocument<unknown, never>): string {
  if (typeof document === 'string' || document instanceof String) return String(document);
  if (typeof document !== 'object' || document === null) {
    throw new TypeError('The document must be the text of an operation, or a parsed one.');
  }
  const text = document.loc?.source.body;
  if (text !== undefined) return text;
  throw new TypeError(
    "The document has no text; parse it without `noLocation`, or have graphql-codegen write texts (documentMode: 'string').",
  );
}
