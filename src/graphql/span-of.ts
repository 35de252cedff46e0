import type { Span } from '../kernel/db/list-rows.ts';

/** A filter as it came, in which a condition that is left out may be null. */
export type Given<Filter> = { readonly [name in keyof Filter]?: Filter[name] | null };

/** The span of creation that a filter asks for. */
export function spanOf({ createdFrom, createdBefore }: Given<Span>): Span {
  return { createdFrom: createdFrom ?? undefined, createdBefore: createdBefore ?? undefined };
}
