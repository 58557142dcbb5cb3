/** What happened and was not asked for yet, in order. */
export interface Queue<Item> {
  push(item: Item): void;
  /** Resolves with the next item, now or when it comes. */
  next(): Promise<Item>;
  /** Items nobody asked for. */
  readonly rest: readonly Item[];
}

export function createQueue<Item>(): Queue<Item> {
  const rest: Item[] = [];
  const waiting: ((item: Item) => void)[] = [];
  return {
    rest,
    push(item) {
      const take = waiting.shift();
      if (take === undefined) rest.push(item);
      else take(item);
    },
    next() {
      const [item] = rest.splice(0, 1);
      if (item !== undefined) return Promise.resolve(item);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
