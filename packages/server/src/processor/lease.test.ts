import { CancelledError } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import type { RecordedLogger } from "../testing/recordedLogger.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import type { Progress, TransitionResult } from "../table/requestVerbs.ts";
import { holdLease, LeaseLostError, MAX_HEARTBEAT_INTERVAL_MS } from "./lease.ts";
import type { Lease } from "./lease.ts";

const LEASE_MS = 60_000;
const request = storedRequest();
let clock: FakeClock;
let log: RecordedLogger;
let beats: (Progress | undefined)[];
let stops: unknown[];
let answer: () => Promise<TransitionResult>;
let progress: Progress | undefined;
beforeEach(() => {
  clock = createFakeClock();
  log = createRecordedLogger();
  beats = [];
  stops = [];
  answer = async () => ({ done: true, request });
  progress = undefined;
});

const hold = (takenAt = clock.monotonic()): Lease =>
  holdLease(
    { request, leaseMs: LEASE_MS, takenAt, progress: () => progress, onStop: (reason) => void stops.push(reason) },
    {
      clock,
      logger: log.logger,
      requests: {
        heartbeat: (ref, attempt, leaseMs, last) => {
          expect([ref, attempt, leaseMs]).toEqual([request, 1, LEASE_MS]);
          beats.push(last);
          return answer();
        },
      },
    },
  );

describe("a lease that is held", () => {
  it("is renewed every ten seconds, with the progress of the moment", async () => {
    const lease = hold();
    await clock.advance(MAX_HEARTBEAT_INTERVAL_MS - 1);
    expect(beats).toEqual([]);
    progress = { percentage: 30, message: "a", at: 1 };
    await clock.advance(1);
    expect(beats).toEqual([progress]);
    await clock.advance(10 * 60_000);
    expect(beats).toHaveLength(61);
    expect(lease.held()).toBe(true);
    expect(stops).toEqual([]);
    await lease.release();
  });

  it("counts from before the call that took or renewed it, never from after", async () => {
    await clock.advance(5_000);
    const lease = hold(0);
    answer = () => Promise.reject(new Error("throttled"));
    await clock.advance(LEASE_MS - 5_001);
    expect(lease.held()).toBe(true);
    await clock.advance(1);
    expect(lease.held()).toBe(false);
    await lease.release();
  });

  it("that was renewed by a slow heartbeat counts from when it was asked for", async () => {
    const lease = hold();
    answer = () => new Promise((resolve) => void clock.after(5_000, () => resolve({ done: true, request })));
    await clock.advance(MAX_HEARTBEAT_INTERVAL_MS + 5_000);
    answer = () => Promise.reject(new Error("throttled"));
    await clock.advance(LEASE_MS - 5_001);
    expect(lease.held()).toBe(true);
    await clock.advance(1);
    expect(lease.held()).toBe(false);
    await lease.release();
  });

  it("does not depend on the wall clock", async () => {
    const lease = hold();
    clock.setNow(clock.now() + 24 * 3_600_000);
    expect(lease.held()).toBe(true);
    await lease.release();
  });
});

describe("a heartbeat", () => {
  it("that finds another attempt stops the work, once, and ends the lease at once", async () => {
    answer = async () => ({ done: false, request: { ...request, attempt: 2 } });
    const lease = hold();
    await clock.advance(MAX_HEARTBEAT_INTERVAL_MS);
    expect(lease.held()).toBe(false);
    await clock.advance(10 * 60_000);
    expect(stops).toHaveLength(1);
    expect(stops[0]).toBeInstanceOf(LeaseLostError);
    expect(beats).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it("that finds a wish to cancel stops the work with the reason, and the lease is still held", async () => {
    answer = async () => ({ done: true, request: { ...request, cancelRequestedAt: 1, cancelReason: "no need" } });
    const lease = hold();
    await clock.advance(MAX_HEARTBEAT_INTERVAL_MS);
    expect(stops[0]).toBeInstanceOf(CancelledError);
    expect(stops[0]).toMatchObject({ details: { reason: "no need" } });
    expect(lease.held()).toBe(true);
    await lease.release();
  });

  it("that fails is logged, and the next one follows", async () => {
    let failures = 2;
    answer = async () => {
      if ((failures -= 1) >= 0) throw new Error("throttled");
      return { done: true, request };
    };
    const lease = hold();
    await clock.advance(10 * 60_000);
    expect(beats).toHaveLength(60);
    expect(log.entries()).toHaveLength(2);
    expect(stops).toEqual([]);
    expect(lease.held()).toBe(true);
    await lease.release();
  });

  it("that fails until the lease ends stops the work", async () => {
    answer = () => Promise.reject(new Error("throttled"));
    const lease = hold();
    await clock.advance(LEASE_MS - 1);
    expect(stops).toEqual([]);
    expect(lease.held()).toBe(true);
    await clock.advance(1);
    expect(stops[0]).toBeInstanceOf(LeaseLostError);
    expect(lease.held()).toBe(false);
    expect(clock.pending).toBe(0);
  });
});

describe("release", () => {
  it("leaves no timer, and no heartbeat follows", async () => {
    const lease = hold();
    await lease.release();
    await clock.advance(60_000);
    expect(beats).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("waits for the heartbeat under way, and none follows it", async () => {
    const beat = Promise.withResolvers<TransitionResult>();
    answer = () => beat.promise;
    const lease = hold();
    await clock.advance(MAX_HEARTBEAT_INTERVAL_MS);
    let released = false;
    const releasing = lease.release().then(() => (released = true));
    await clock.advance(0);
    expect(released).toBe(false);
    beat.resolve({ done: true, request });
    await releasing;
    await clock.advance(60_000);
    expect(beats).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
