/** Things that come when they come, and those who wait for them. */
export interface Queue<Item> {
  push(item: Item): void;
  /** The next, as soon as it is there. */
  next(): Promise<Item>;
}

export function createQueue<Item>(): Queue<Item> {
  const waiting: Item[] = [];
  const takers: ((item: Item) => void)[] = [];
  return {
    push(item) {
      const take = takers.shift();
      if (take === undefined) waiting.push(item);
      else take(item);
    },
    next() {
      // Not by its value, which may be undefined.
      return waiting.length > 0 ? Promise.resolve(waiting.shift() as Item) : new Promise((resolve) => void takers.push(resolve));
    },
  };
}
