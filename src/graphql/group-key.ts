import { hash } from 'node:crypto';
import { type DocumentNode, Kind, visit } from 'graphql';
import type { Actor } from '../auth/actor.ts';

/** All that the result of an event can depend on, but the event. */
export type Ask = {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
};

/**
 * The name of the group of subscribers who may be given the same bytes: those who sent the same document, operation name
 * and variables, and whose keys see the same and may do the same, that is merchant, shop and scopes. Where a subscriber
 * resumes is left out, since it decides which events he gets, not what they look like. Undefined when the text of the
 * document is not known; such a subscriber shares with nobody.
 */
export function groupKey({ document, operationName, variables, actor }: Ask): string | undefined {
  const text = document.loc?.source.body;
  if (text === undefined) return undefined;
  const { [resumeVariable(document) ?? '']: _, ...others } = variables;
  const authority = [actor.merchantId, actor.shopId ?? null, [...actor.scopes].sort()];
  return hash('sha256', JSON.stringify([text, operationName ?? null, others, authority]), 'base64url');
}

const resumeVariables = new WeakMap<DocumentNode, { readonly name: string | undefined }>();

/** The variable that is used for nothing but as `after` of the one subscription of a document. */
export function resumeVariable(document: DocumentNode): string | undefined {
  const known = resumeVariables.get(document) ?? { name: findResumeVariable(document) };
  resumeVariables.set(document, known);
  return known.name;
}

function findResumeVariable(document: DocumentNode): string | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation === undefined) return undefined;
  const [field] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD) return undefined;
  const value = field.arguments?.find((argument) => argument.name.value === 'after')?.value;
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const name = value.name.value;
  return usesOf(document, name) === 1 ? name : undefined;
}

function usesOf(document: DocumentNode, name: string): number {
  let uses = 0;
  visit(document, {
    // Its declaration is no use of it.
    VariableDefinition: { enter: () => false },
    Variable: (variable) => {
      if (variable.name.value === name) uses += 1;
    },
  });
  return uses;
}
