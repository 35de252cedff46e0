import type { ObjectRef } from '@pothos/core';
import type { Actor, Scope } from '../auth/actor.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import { Refusal } from '../kernel/errors.ts';
import { type BuilderTypes, builder } from './builder.ts';
import { actorWith, type GraphContext, requireOperator } from './context.ts';
import { type RefusalAnswer, RefusalRef } from './refusal.ts';

/** Declares the union `<name>Result` of a mutation's success type and Refusal. */
export function resultUnion<Success extends object>(name: string, success: ObjectRef<BuilderTypes, Success>) {
  return builder.unionType(`${name}Result`, {
    description: `What \`${name.charAt(0).toLowerCase()}${name.slice(1)}\` answers: its success, or why it was refused.`,
    types: [success, RefusalRef],
    resolveType: (value) => ('refusal' in value ? RefusalRef : success),
  });
}

/** One call of a mutation, as far as it matters when it is refused. */
export type MutationCall = {
  readonly operation: string;
  readonly scope: Scope;
  /** Set for operations that move money: a refusal is then kept as evidence. */
  readonly evidence?: { readonly shopId?: string; readonly idempotencyKey?: string; readonly subject?: string };
};

/** Runs a mutation for an actor with the scope; refusals become the answer, anything else stays an error. */
export async function refusable<Success extends object>(
  context: GraphContext,
  call: MutationCall,
  work: (actor: Actor) => Promise<Success>,
): Promise<Success | RefusalAnswer> {
  const answer = await answering(context, async () => work(actorWith(context, call.scope)));
  if ('refusal' in answer && answer.refusal instanceof Refusal && call.evidence && context.actor) {
    const { shopId, idempotencyKey, subject } = call.evidence;
    const { actor } = context;
    const { refusal } = answer;
    await context.app.refusals.record({ actor, operation: call.operation, refusal, shopId, idempotencyKey, subject });
  }
  return answer;
}

/** Runs a mutation of an operator; to merchants it is FORBIDDEN. */
export function refusableForOperator<Success extends object>(
  context: GraphContext,
  work: (operator: Operator) => Promise<Success>,
): Promise<Success | RefusalAnswer> {
  return answering(context, async () => work(requireOperator(context)));
}

/** Runs a mutation that needs no key. */
export async function answering<Success extends object>(
  context: GraphContext,
  work: () => Promise<Success>,
): Promise<Success | RefusalAnswer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.app.metrics.operationRefused(error.code);
    return { refusal: error };
  }
}
