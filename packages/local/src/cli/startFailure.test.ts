import { expect, test } from "vitest";
import { FunctionError } from "../lambda/functionError.ts";
import { CommandError } from "./failure.ts";
import { explainedStart } from "./startFailure.ts";

const errno = (code: string, path: string): Error => Object.assign(new Error("text"), { code, path });

test("a function that does not load is named, with its error and what to do", () => {
  const error = new FunctionError("init", { functionName: "router", errorType: "TypeError", errorMessage: "x is not a function" });
  const explained = explainedStart(error, "/data");
  expect(explained).toBeInstanceOf(CommandError);
  expect(explained).toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/^The function router does not start: TypeError: x is not a function\. Mend/) as string,
  });
});

test("a folder that may not be written is a sentence, a file elsewhere is not ours to explain", () => {
  expect(explainedStart(errno("EACCES", "/data/lock"), "/data")).toMatchObject({
    message: expect.stringContaining("EACCES at /data/lock") as string,
  });
  const elsewhere = errno("EACCES", "/other/file");
  expect(explainedStart(elsewhere, "/data")).toBe(elsewhere);
});
