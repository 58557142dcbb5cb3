import { isAsync } from "@streamer/protocol";
import { expect, test } from "vitest";
import { actions } from "./index.ts";

test("echo, health and what asks for requests are answered at once; the others get processors of their own", () => {
  const kinds = Object.values(actions).map((action) => [action.name, isAsync(action)]);
  expect(kinds).toEqual([
    ["echo", false],
    ["health", false],
    ["get_request", false],
    ["list_requests", false],
    ["generate_report", true],
    ["process_data", true],
    ["bulk_operation", true],
  ]);
});

test("any token may use the shipped actions", () => {
  expect(Object.values(actions).flatMap((action) => action.permissions)).toEqual([]);
});
