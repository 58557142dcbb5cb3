import type { Caption } from "./recording/tape.ts";
import type { Walkthrough } from "./scenes/walkthrough.ts";

/**
 * A film's section of the docs page: the film, and what is said in it as text.
 *
 * @throws {Error} when the page has no place for it.
 */
export function withFilm(page: string, { name, title, about }: Walkthrough, captions: readonly Caption[]): string {
  const begin = `<!-- film: ${name} -->`;
  const end = "<!-- end -->";
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0)
    throw new Error(`The page of the walkthroughs has no place for ${name}: write "${begin}" and "${end}" where it goes.`);
  const file = `/walkthroughs/${name}`;
  const section = [
    begin,
    "",
    `## ${title}`,
    "",
    about,
    "",
    `<video controls preload="none" width="1280" height="800" style="width: 100%; height: auto" poster="${file}.png" src="${file}.webm">`,
    `  <track kind="captions" srclang="en" label="English" src="${file}.vtt">`,
    "</video>",
    "",
    "<details><summary>What is said in it</summary>",
    "",
    ...captions.map(({ text }) => `- ${text}`),
    "",
    "</details>",
    "",
    end,
  ];
  return `${page.slice(0, from)}${section.join("\n")}${page.slice(to + end.length)}`;
}
