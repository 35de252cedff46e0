import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/**
 * The fields that a selection asks for, those in its fragments too, whatever type or directive these are under. Each fragment
 * is walked wherever it is spread; `limitRule` bounds how often that is.
 */
export function fieldsOf(
  { selections }: SelectionSetNode,
  fragmentNamed: (name: string) => FragmentDefinitionNode | undefined,
): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection;
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentNamed(selection.name.value);
    return fragment ? fieldsOf(fragment.selectionSet, fragmentNamed) : [];
  });
}
