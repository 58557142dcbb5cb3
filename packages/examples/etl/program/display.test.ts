import { submitBatch } from "@streamer/client";
import { createTestServer } from "@streamer/client/testing";
import { expect, onTestFinished, test } from "vitest";
import { actions } from "../functions/src/actions/index.ts";
import { startDisplay } from "./display.ts";

/** What a terminal shows after all that was written to it: lines, and the cursor that goes up and clears them. */
function createTerminal(columns: number, rows = 24) {
  const lines: string[] = [];
  let at = 0;
  const write = (text: string): boolean => {
    // oxlint-disable-next-line no-control-regex -- what a terminal is sent is made of them
    for (const part of text.match(/\u001B\[\d+[AK]|\n|[^\u001B\n]+/g) ?? []) {
      const up = /\[(\d+)A/.exec(part)?.[1];
      if (up !== undefined) at -= Number(up);
      else if (part === "\n") at += 1;
      else lines[at] = part.includes("\u001B") ? "" : `${lines[at] ?? ""}${part}`;
    }
    return true;
  };
  return { lines, out: { write, columns, rows } as unknown as NodeJS.WriteStream };
}

function startBatch() {
  const server = createTestServer({ actions });
  onTestFinished(() => server.close());
  server.on("import_file", (request) => {
    if (request.payload.file === "bad.csv") request.fail("PROCESSING_FAILED");
    else request.complete({ loaded: 1, skipped: 0, total_cents: 1, load_id: "l", attempts: 1 });
  });
  return submitBatch(server.client.importFile, [
    { file: "good.csv", text: "x" },
    { file: "bad.csv", text: "x" },
  ]);
}

test("a picture is drawn again in its place, no line of it wider than the terminal", async () => {
  const { lines, out } = createTerminal(40);
  const batch = startBatch();
  const display = startDisplay(batch, ["good.csv", "bad.csv"], { out, picture: true });
  expect(lines.map((line) => line.trimEnd())).toEqual([
    expect.stringMatching(/^░{30} 0 %/),
    "  good.csv  submitting   0 %",
    "  bad.csv   submitting   0 %",
  ]);
  await batch.results();
  display.stop();
  display.stop();
  expect(lines.map((line) => line.trimEnd())).toEqual([
    `${"█".repeat(30)} 100 %  1`.slice(0, 40),
    "  good.csv  completed  100 %",
    "  bad.csv   failed       0 %  PROCESSING",
  ]);
});

test("where not all files fit, those that have ended make room", async () => {
  const { lines, out } = createTerminal(80, 3);
  const batch = startBatch();
  const display = startDisplay(batch, ["good.csv", "bad.csv"], { out, picture: true });
  await batch.results();
  display.stop();
  expect(lines.filter((line) => line !== "")).toEqual([`${"█".repeat(30)} 100 %  1 of 2 loaded, 1 not`]);
});

test("elsewhere there is a line for each change of a file, and the end is the last", async () => {
  const { lines, out } = createTerminal(80);
  const batch = startBatch();
  const display = startDisplay(batch, ["good.csv", "bad.csv"], { out, picture: false });
  await batch.results();
  display.stop();
  expect(lines).toContain("good.csv: completed");
  expect(lines).toContain("bad.csv: failed");
  expect(lines.at(-1)).toBe(`${"█".repeat(30)} 100 %  1 of 2 loaded, 1 not`);
});
