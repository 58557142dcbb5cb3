import { expect, test } from "vitest";
import { isTerminal, REQUEST_STATUSES } from "./status.ts";

test("a request has ended when it is completed, failed or cancelled", () => {
  expect(REQUEST_STATUSES.filter(isTerminal)).toEqual(["completed", "failed", "cancelled"]);
});
