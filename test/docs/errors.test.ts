import { join } from "node:path";
import { ERROR_CODES, StreamerError } from "@streamer/protocol";
import { expect, it } from "vitest";
import { ROOT } from "./codeBlocks.ts";
import { readPage } from "./pages.ts";

const page = readPage(join(ROOT, "packages/docs/errors.md"));
const sections = page.text
  .split(/^### /m)
  .slice(1)
  .map((text) => ({ code: /^`([A-Z_]+)`\n/.exec(text)?.[1] ?? "", text }));

it("the page of the errors has every code of the protocol, each once, and no other", () => {
  expect(sections.map(({ code }) => code).toSorted()).toEqual(ERROR_CODES.toSorted());
});

it.each(ERROR_CODES)(
  "%s is told with its sentence and whether it may be tried again, its causes, what the client does, and what to do",
  (code) => {
    const { message, retryable } = new StreamerError(code);
    const text = sections.find((section) => section.code === code)?.text ?? "";
    expect(/^> (.*)$/m.exec(text)?.[1]).toBe(`${message} ${retryable ? "Retryable." : "Not retryable."}`);
    expect([...text.matchAll(/^- \*\*(\w+)\*\*: \S/gm)].map(([, label]) => label)).toEqual(["Causes", "Client", "Fix"]);
  },
);
