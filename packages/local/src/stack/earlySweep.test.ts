import { createFakeClock } from "@streamer/protocol/testing";
import type { StoredRequest } from "@streamer/server";
import { describe, expect, test, vi } from "vitest";
import { createEarlySweep } from "./earlySweep.ts";

const REF = { tenantId: "acme", requestId: "r1" };

function setUp(leaseMs: number | undefined) {
  const clock = createFakeClock();
  const request = { ...REF, leaseExpiresAt: leaseMs === undefined ? undefined : clock.now() + leaseMs } as StoredRequest;
  const sweep = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const warn = vi.fn<(message: string) => void>();
  const early = createEarlySweep({ requests: { getConsistent: () => Promise.resolve(request) }, sweep, clock, logger: { warn } });
  return { clock, sweep, warn, early };
}

describe("after a worker was killed by hand", () => {
  test("the sweeper runs when the request's lease has ended, and not before", async () => {
    const { clock, sweep, early } = setUp(15_000);
    await early.afterLeaseOf(REF);
    await clock.advance(15_000);
    expect(sweep).not.toHaveBeenCalled();
    await clock.advance(100);
    expect(sweep).toHaveBeenCalledTimes(1);
  });

  test("a request without a lease has ended or waits already: there is nothing to sweep for", async () => {
    const { clock, sweep, early } = setUp(undefined);
    await early.afterLeaseOf(REF);
    expect(clock.pending).toBe(0);
    expect(sweep).not.toHaveBeenCalled();
  });

  test("a stack that stops sweeps no more", async () => {
    const { clock, sweep, early } = setUp(15_000);
    await early.afterLeaseOf(REF);
    await early.stop();
    expect(clock.pending).toBe(0);
    expect(sweep).not.toHaveBeenCalled();
  });

  test("a sweep that fails is told, and breaks nothing", async () => {
    const { clock, sweep, warn, early } = setUp(0);
    sweep.mockRejectedValueOnce(new Error("down"));
    await early.afterLeaseOf(REF);
    await clock.advance(100);
    await early.stop();
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
