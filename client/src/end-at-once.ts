/** Values that come whenever they come, until nobody wants more. */
type Coming<Item> = AsyncGenerator<Item, void, undefined>;

/**
 * Makes a generator whose `return()` and `throw()` do not wait for a `next()` that is pending: that ends then too, with
 * `done`. Those of a plain generator wait until the next value comes, for ever perhaps.
 * @param make is given what is aborted by them, or may abort it itself; what it makes then has to end, without an error.
 */
export function endAtOnce<Item>(make: (ending: AbortController) => Coming<Item>): Coming<Item> {
  const ending = new AbortController();
  const items = make(ending);
  const end = items.return.bind(items);
  const leave: Coming<Item>['return'] = (value) => {
    ending.abort();
    return end(value);
  };
  return Object.assign(items, {
    return: leave,
    throw: async (error: unknown) => {
      await leave();
      throw error;
    },
  });
}
