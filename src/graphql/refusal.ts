import { GraphQLError } from 'graphql';
import { RateLimited, Refusal, type RefusalCode, refusalCodes } from '../kernel/errors.ts';
import { builder } from './builder.ts';
import { describeValues } from './describe-values.ts';

const RefusalCodeEnum = builder.enumType('RefusalCode', {
  description: 'Why something was refused. New codes may come; treat one you do not know as a refusal.',
  values: describeValues<RefusalCode>(refusalCodes),
});

/** A refusal as mutations answer it. */
export type RefusalAnswer = { readonly refusal: Refusal };

/** The type that every mutation may answer instead of its success. */
export const RefusalRef = builder.objectRef<RefusalAnswer>('Refusal').implement({
  description:
    'Why a mutation was refused; nothing was changed. Queries and subscriptions carry the same codes in `errors[].extensions.code`.',
  fields: (t) => ({
    code: t.field({
      type: RefusalCodeEnum,
      description: 'Stable; act on this.',
      resolve: (answer) => answer.refusal.code,
    }),
    message: t.string({
      description:
        'For people: what is wrong, where, and what to do instead; one sentence, or of several wrong fields one for each.',
      resolve: (answer) => answer.refusal.message,
    }),
    field: t.stringList({
      nullable: true,
      description:
        'The path of the input field to blame, outermost first; null when no single one is. Where the message names several that are wrong, that of the first.',
      resolve: (answer) => answer.refusal.field && [...answer.refusal.field],
    }),
  }),
});

/** Turns a refusal into the error that queries and subscriptions answer. */
export function toGraphQLError(refusal: Refusal): GraphQLError {
  const cursor = 'cursor' in refusal ? refusal.cursor : undefined;
  return new GraphQLError(refusal.message, {
    originalError: refusal,
    extensions: {
      code: refusal.code,
      ...(refusal.field ? { field: refusal.field } : {}),
      ...(cursor === undefined ? {} : { cursor }),
      ...(refusal instanceof RateLimited ? { retryAfterSeconds: refusal.retryAfterSeconds } : {}),
    },
  });
}

/** The refusal that hides in an error of an execution, if it is one. */
export function refusalIn(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof GraphQLError && error.originalError) return refusalIn(error.originalError);
  return undefined;
}
