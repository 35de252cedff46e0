import {
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  SingleFieldSubscriptionsRule,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/**
 * The rule of graphql-js that a subscription has one field at its root, which also refuses conditions there (GraphQL, "Single
 * Root Field"; graphql-spec#860): with them it may have none, which graphql-js finds out only when it subscribes.
 */
export const subscriptionRule: ValidationRule = (context) => {
  const usual = SingleFieldSubscriptionsRule(context) as {
    OperationDefinition(node: OperationDefinitionNode): undefined;
  };
  return {
    OperationDefinition: (node) => {
      if (node.operation !== 'subscription' || !hasCondition(context, node.selectionSet))
        return usual.OperationDefinition(node);
      const message =
        'A subscription may have no @skip and no @include at its root; leave it out instead when it is not wanted.';
      context.reportError(new GraphQLError(message, { nodes: node }));
      return undefined;
    },
  };
};

/** Looks at what stands at the root, through fragments; each of these once, since they could name each other in a circle. */
function hasCondition(
  context: ValidationContext,
  { selections }: SelectionSetNode,
  seen = new Set<FragmentDefinitionNode>(),
): boolean {
  return selections.some((selection) => {
    if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) return true;
    if (selection.kind === Kind.INLINE_FRAGMENT) return hasCondition(context, selection.selectionSet, seen);
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? context.getFragment(selection.name.value) : undefined;
    if (!fragment || seen.has(fragment)) return false;
    return hasCondition(context, fragment.selectionSet, seen.add(fragment));
  });
}
