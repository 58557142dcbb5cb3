import type { StackContext } from "./context.ts";

/** Where the pages are in Streamer's repository. */
const DEFAULT_RUNBOOKS = "packages/docs/runbooks";

/** Where a page of the runbooks is: a URL, or a path where the app has not said where it keeps them. */
export function runbookPage({ options }: Pick<StackContext, "options">, slug: string): string {
  return `${(options.runbooksUrl ?? DEFAULT_RUNBOOKS).replace(/\/+$/, "")}/${slug}.md`;
}

/** As it stands in markdown: a link where there is something to link to. */
export function runbookLink(context: Pick<StackContext, "options">, slug: string): string {
  const page = runbookPage(context, slug);
  return /^https?:/.test(page) ? `[${slug}](${page})` : `\`${page}\``;
}
