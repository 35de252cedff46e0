/** Things that arrive one after the other, for tests that wait for what arrives and not for time. */
export type Inbox<Item> = {
  readonly items: readonly Item[];
  put(item: Item): void;
  /** Resolves as soon as what has arrived is enough, with all of it. */
  until(enough: (items: readonly Item[]) => boolean): Promise<readonly Item[]>;
};

export function createInbox<Item>(): Inbox<Item> {
  const items: Item[] = [];
  const waiting = new Set<() => void>();
  return {
    items,
    put: (item) => {
      items.push(item);
      for (const look of waiting) look();
    },
    until: (enough) =>
      new Promise((done) => {
        const look = (): void => {
          if (!enough(items)) return;
          waiting.delete(look);
          done([...items]);
        };
        waiting.add(look);
        look();
      }),
  };
}
