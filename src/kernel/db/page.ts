/** Which rows of a list are wanted; the list is ordered by creation, then by id. */
export type Page = {
  /** How many rows at most. */
  readonly limit: number;
  /** Whether they are the last ones before `from`, or of the list, and not the first ones; their order is the list's all the same. */
  readonly backward: boolean;
  /** Id of the row beside which the page begins; undefined: at an end of the list. */
  readonly from: string | undefined;
};

/** Rows as they were read, from where the page begins, in the order of the list. */
export function inListOrder<Row>(rows: readonly Row[], { backward }: Page): Row[] {
  return backward ? rows.toReversed() : [...rows];
}
