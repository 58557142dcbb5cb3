/** Stores an update and sends it. */
export type FlushStep = "put update" | "read watchers" | "post";
/** Settles a request, or moves it on, and tells so. */
export type TransitionStep = "write status" | "read watchers" | "post";
/** Begins to watch. What was read is answered when all is done. */
export type SubscribeStep = "authorise" | "put subscription" | "read updates" | "read status";
/** Begins an attempt after the first. */
export type ClaimStep = "write status" | "read previous";

/** In which order each asks the table, and sends. All reads but that of `authorise` are strongly consistent. */
export interface Orders {
  readonly flush: readonly FlushStep[];
  readonly transition: readonly TransitionStep[];
  readonly subscribe: readonly SubscribeStep[];
  readonly claim: readonly ClaimStep[];
}

/** As the code has them: `observed.test.ts` looks. */
export const AS_CODED: Orders = {
  flush: ["put update", "read watchers", "post"],
  transition: ["write status", "read watchers", "post"],
  subscribe: ["authorise", "put subscription", "read updates", "read status"],
  claim: ["write status", "read previous"],
};

/** Every order of the same steps. */
export function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

/** Without one of its steps: what it would have read is what was read before, if anything was. */
export function without<Item>(items: readonly Item[], left: Item): readonly Item[] {
  return items.filter((item) => item !== left);
}
