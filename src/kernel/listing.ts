/** A list of which only a part may be wanted, so that no more of it is made. */
export type Listing<Item> = {
  readonly size: number;
  /** Those from one place on, from 0 on, and before another. */
  readonly slice: (from: number, to: number) => Item[];
};

/** The listing of what is made of these values. */
export function listingOf<Value, Item>(values: readonly Value[], make: (value: Value) => Item): Listing<Item> {
  return { size: values.length, slice: (from, to) => values.slice(from, to).map(make) };
}
