import { runProcessor } from "@streamer/server/testing";
import { expect, test } from "vitest";
import { writeLetters } from "./action.ts";
import { run } from "./writeLetters.ts";

test("everyone gets a letter, and the watchers see to whom it is written", async () => {
  const work = runProcessor(writeLetters, run, { input: { names: ["Ada", "Grace"] } });
  expect(await work.end).toMatchObject({ status: "completed", data: { letters: 2 } });
  expect(work.progress.map(({ message }) => message)).toEqual(["Writing to Ada", "Writing to Grace"]);
  expect(work.files).toMatchObject([{ name: "letters.txt", contentType: "text/plain" }]);
});
