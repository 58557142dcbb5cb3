import { createFakeClock } from "@streamer/protocol/testing";
import { expect, it } from "vitest";
import { createInvocations } from "./invocations.ts";

it("counts invocations by function, with when the last went well or failed, and the name of the error only", async () => {
  const clock = createFakeClock(1_000);
  let fails = false;
  const { invoke, recordOf } = createInvocations(async () => {
    if (fails) throw new RangeError("a client's secret");
    return "answer";
  }, clock);
  expect(recordOf("router")).toMatchObject({ invocations: 0, failures: 0, lastSucceededAt: undefined });
  expect(await invoke("router", {})).toBe("answer");
  await clock.advance(500);
  fails = true;
  await expect(invoke("router", {})).rejects.toThrow(RangeError);
  expect(recordOf("router")).toEqual({
    invocations: 2,
    failures: 1,
    lastStartedAt: 1_500,
    lastSucceededAt: 1_000,
    lastFailedAt: 1_500,
    lastError: "RangeError",
  });
  expect(recordOf("sweeper").invocations).toBe(0);
});
