/** A text as JSON; an empty one is no value. `problem` says why it is none. */
export function readJson(text: string): { readonly value: unknown; readonly problem: string | undefined } {
  if (text.trim() === "") return { value: undefined, problem: undefined };
  try {
    return { value: JSON.parse(text) as unknown, problem: undefined };
  } catch (error) {
    return { value: undefined, problem: `This is no JSON yet: ${error instanceof Error ? error.message : "it cannot be read"}.` };
  }
}
