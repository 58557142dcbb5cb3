import { expect, test } from "vitest";
import { runbookLink, runbookPage } from "./runbooks.ts";

const app = (runbooksUrl?: string) => ({
  options: {
    actions: {},
    functionsDir: "functions",
    jwtIssuer: "https://login.example.com/",
    ...(runbooksUrl === undefined ? {} : { runbooksUrl }),
  },
});

test("a page is a path in Streamer's repository, when the app says nothing else", () => {
  expect(runbookPage(app(), "pipe")).toBe("packages/docs/runbooks/pipe.md");
  expect(runbookLink(app(), "pipe")).toBe("`packages/docs/runbooks/pipe.md`");
});

test("a page of the app's own is a link, with or without a slash at the folder's end", () => {
  for (const url of ["https://example.com/runbooks", "https://example.com/runbooks/"]) {
    expect(runbookPage(app(url), "pipe")).toBe("https://example.com/runbooks/pipe.md");
    expect(runbookLink(app(url), "pipe")).toBe("[pipe](https://example.com/runbooks/pipe.md)");
  }
});
