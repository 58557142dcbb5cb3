/**
 * A command's work, loaded when the command is run: one of them is paid for at a start, and none for a page of help.
 *
 * @param load of the function that does the work, by `import()`.
 */
export function whenRun<Args extends readonly unknown[]>(
  load: () => Promise<(...args: Args) => Promise<void>>,
): (...args: Args) => Promise<void> {
  return async (...args) => (await load())(...args);
}
