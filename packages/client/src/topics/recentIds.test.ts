import { expect, test } from "vitest";
import { RecentIds } from "./recentIds.ts";

test("an id is new once, until so many others have come that it is forgotten", () => {
  const ids = new RecentIds(2);
  expect(["a", "a", "b", "a", "c", "b", "a"].map((id) => ids.add(id))).toEqual([true, false, true, false, true, false, true]);
});
