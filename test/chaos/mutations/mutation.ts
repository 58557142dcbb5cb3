/** One thing broken on purpose, and the tests that must notice. */
export interface Mutation {
  /** Says what is broken. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files, from the root, of the project `unit`. */
  readonly tests: readonly string[];
}

/** The source with the mutation in it; `undefined` when its snippet is not there exactly once, and the list must be brought up to date. */
export function mutated(source: string, { find, replace }: Pick<Mutation, "find" | "replace">): string | undefined {
  const parts = source.split(find);
  return parts.length === 2 ? parts.join(replace) : undefined;
}
