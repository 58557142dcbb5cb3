/** Runs `run` for each item, so many under way together; results in the items' order. */
export async function inGroups<Item, Result>(
  groupSize: number,
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += groupSize) {
    results.push(...(await Promise.all(items.slice(start, start + groupSize).map(run))));
  }
  return results;
}
