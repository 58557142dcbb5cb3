import { createFakeClock } from "@streamer/protocol/testing";
import { expect, it } from "vitest";
import { runChecks } from "../runChecks.ts";
import { clockCheck } from "./clockCheck.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const date = (offsetMs: number): string => new Date(NOW + offsetMs).toUTCString();
const findingOf = async (header: string | undefined) => {
  const clock = createFakeClock(NOW);
  return (await runChecks([clockCheck(async () => header, clock, "see the address")], clock))[0];
};

it.each([
  ["as the other side's", date(0), "ok", /within 1 s/],
  ["five seconds off, which tokens may be", date(-5_000), "ok", /within/],
  ["half a minute ahead", date(-30_000), "warn", /30 s ahead/],
  ["half a minute behind", date(30_000), "warn", /behind/],
  ["so far off that AWS refuses", date(-10 * 60_000), "fail", /10 min ahead/],
  ["not to be compared", undefined, "warn", /no date/],
])("a clock that is %s", async (_, header, status, seen) => {
  expect(await findingOf(header)).toMatchObject({ name: "clock", status, seen: expect.stringMatching(seen) as string });
});
