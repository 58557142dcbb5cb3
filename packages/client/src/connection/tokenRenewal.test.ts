import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { errorBody, setUpConnected } from "../testing/setup.ts";
import { jwt } from "../testing/jwt.ts";
import { jwtExpiryMs } from "./jwtExpiry.ts";
import { TokenRenewal } from "./tokenRenewal.ts";

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;

/** Connected with a token that expires in `lifeMs`; the later ones are `fresh-1`, `fresh-2` … */
async function setUpWithToken(lifeMs: number, later: (n: number) => string = (n) => `fresh-${n}`) {
  const clock = createFakeClock();
  let asked = 0;
  const token = (): string => {
    asked += 1;
    return asked === 1 ? jwt(clock.now() + lifeMs) : later(asked - 1);
  };
  return { clock, asked: () => asked, ...(await setUpConnected({ clock, token, rolloverAfterMs: 1_000 * HOUR_MS })) };
}

describe("a token that expires", () => {
  test("is replaced a minute before, and its successor a minute before it expires itself", async () => {
    const { clock, connection } = await setUpWithToken(240 * SECOND_MS);
    await clock.advance(180 * SECOND_MS - 1);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    expect(await connection.next()).toEqual({ type: "authenticate", token: "fresh-1" });
    connection.send({ type: "authenticated", expires_at: clock.now() / 1000 + 120 });
    await expect.poll(() => clock.pending).toBe(3);
    await clock.advance(60 * SECOND_MS);
    expect(await connection.next()).toEqual({ type: "authenticate", token: "fresh-2" });
  });

  test("of a short life is replaced after half of it", async () => {
    const { clock, connection } = await setUpWithToken(40 * SECOND_MS);
    await clock.advance(20 * SECOND_MS);
    expect(await connection.next()).toMatchObject({ type: "authenticate" });
  });

  test("is left alone when it seems to have expired already: then this machine's clock is wrong", async () => {
    const { clock, asked } = await setUpWithToken(-HOUR_MS);
    await clock.advance(200 * SECOND_MS);
    expect(asked()).toBe(1);
  });

  test("is not replaced by itself, and asked for again until it expires", async () => {
    const { clock, connection, asked } = await setUpWithToken(240 * SECOND_MS, () => jwt(Date.UTC(2026, 0, 1) + 240 * SECOND_MS));
    await clock.advance(239 * SECOND_MS);
    expect(asked()).toBeGreaterThan(5);
    expect(connection.unread).toEqual([]);
    const before = asked();
    await clock.advance(50 * SECOND_MS);
    expect(asked()).toBe(before);
  });

  test("is asked for again when the token function fails", async () => {
    const { clock, connection } = await setUpWithToken(240 * SECOND_MS, (n) => {
      if (n === 1) throw new Error("the login page is down");
      return `fresh-${n}`;
    });
    await clock.advance(185 * SECOND_MS);
    expect(await connection.next()).toEqual({ type: "authenticate", token: "fresh-2" });
  });

  test("is offered again when the server does not answer, or cannot now", async () => {
    const { clock, connection } = await setUpWithToken(240 * SECOND_MS);
    await clock.advance(180 * SECOND_MS);
    await connection.next();
    connection.send({ type: "error", error: { ...errorBody("RATE_LIMITED"), details: { retry_after: 10 } } });
    // The pause, the rollover, the silence, the renewal.
    await expect.poll(() => clock.pending).toBe(4);
    await clock.advance(10 * SECOND_MS - 1);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    expect(await connection.next()).toMatchObject({ token: "fresh-2" });
    await clock.advance(35 * SECOND_MS);
    expect(await connection.next()).toMatchObject({ token: "fresh-3" });
  });

  test("whose successor is refused means a new connection with another", async () => {
    const { clock, connection, server, change } = await setUpWithToken(240 * SECOND_MS);
    await clock.advance(180 * SECOND_MS);
    await connection.next();
    connection.send({ type: "error", error: errorBody("UNAUTHORIZED") });
    expect(await change(({ state }) => state === "reconnecting")).toMatchObject({ lastError: { code: "UNAUTHORIZED" } });
    await clock.advance(0);
    expect((await server.accept()).protocols).toContain("streamer.jwt.fresh-2");
  });

  test("weeks from now is not replaced before, though no timer is that long", async () => {
    const base = createFakeClock();
    // As timers of browsers and Node are: none is longer than 2^31 ms, which is less than 25 days.
    const clock = { ...base, after: (delayMs: number, run: () => void) => base.after(Math.min(delayMs, 2 ** 31 - 1), run) };
    const sent: string[] = [];
    const send = (text: string): void => void sent.push(text);
    const lifeMs = 60 * 24 * HOUR_MS;
    const renewal = new TokenRenewal(jwt(base.now() + lifeMs), { token: () => "fresh", clock, random: () => 0, send, onRefused: () => {} });
    await base.advance(lifeMs - 60 * SECOND_MS - 1);
    expect(sent).toEqual([]);
    await base.advance(1);
    expect(sent).toHaveLength(1);
    renewal.stop();
    expect(base.pending).toBe(0);
  });
});

describe("the expiry of a token", () => {
  test("is read from its payload, whatever letters that has", () => {
    expect(jwtExpiryMs(jwt(1_711_929_600_000))).toBe(1_711_929_600_000);
  });

  test.each(["", "a.b.c", "opaque", `x.${btoa("null")}.y`, `x.${btoa('{"exp":"soon"}')}.y`, `x.${btoa("{}")}.y`])(
    "is not known of %s",
    (token) => {
      expect(jwtExpiryMs(token)).toBeUndefined();
    },
  );
});
