import { ResultTooLargeError, ValidationError } from "@streamer/protocol";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { TableError } from "../table/errors.ts";
import { loggedError, withoutContents } from "./loggedError.ts";

const SECRET = "canary-7f3a";
const logged = (error: Error): string => JSON.stringify({ error }, withoutContents);

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

describe("what an error failed on does not reach a log", () => {
  test.each<[string, Error]>([
    ["a schema's error, which holds and quotes the value", thrownBy(() => v.parse(v.object({ a: v.number() }), { a: SECRET }))],
    ["a parser's error, which quotes the text", thrownBy(() => JSON.parse(SECRET))],
    ["an error's details", new ValidationError({ details: { issues: [{ path: "a", message: `received ${SECRET}` }] } })],
    ["an item of the table", Object.assign(new Error("The conditional request failed"), { Item: { payload: { S: SECRET } } })],
    [
      "the items of a transaction",
      Object.assign(new Error("Transaction cancelled"), { CancellationReasons: [{ Item: { payload: { S: SECRET } } }] }),
    ],
    ["a field of an own error", Object.assign(new Error("no"), { card: SECRET, input: { card: SECRET } })],
    ["a cause that is no error", new Error("no", { cause: { payload: SECRET } })],
  ])("%s", (_, error) => {
    expect(logged(error)).not.toContain(SECRET);
    expect(logged(new TableError("request.create", new Error("outer", { cause: error })))).not.toContain(SECRET);
  });
});

describe("what helps to find the fault does", () => {
  test("name, message, place, code and cause", () => {
    const cause = Object.assign(new Error("throttled"), { $metadata: { httpStatusCode: 400, requestId: "R1", extendedRequestId: "x" } });
    expect(loggedError(new TableError("request.claim", cause))).toEqual({
      name: "TableError",
      message: "A service does not answer. Try again later.",
      code: "SERVICE_UNAVAILABLE",
      verb: "request.claim",
      stack: expect.stringMatching(/^\s+at .*loggedError\.test\.ts/) as string,
      cause: {
        name: "Error",
        message: "throttled",
        $metadata: { httpStatusCode: 400, requestId: "R1" },
        stack: expect.stringMatching(/^\s+at /) as string,
      },
    });
  });

  test("sizes and limits", () => {
    const error = new ResultTooLargeError({ details: { size_bytes: 200_000, limit_bytes: 131_072, note: "no" } });
    expect(loggedError(error)).toMatchObject({ details: { size_bytes: 200_000, limit_bytes: 131_072 } });
    expect(loggedError(error)["details"]).not.toHaveProperty("note");
  });

  test("of causes without end, the first few", () => {
    const error = new Error("round");
    error.cause = error;
    expect(logged(error).match(/round/g)).toHaveLength(9);
  });
});

test("the stack does not repeat a message of several lines that look like places", () => {
  const error = thrownBy(() => JSON.parse(`x\n    at ${SECRET}`));
  error.stack = `${error.name}: ${error.message}\n    at real (file.ts:1:1)`;
  expect(loggedError(error).stack).toBe("    at real (file.ts:1:1)");
});
