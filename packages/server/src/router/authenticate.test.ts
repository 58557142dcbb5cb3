import { ServiceUnavailableError } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { createTokenVerifier } from "../auth/token.ts";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createTokenIssuer, ISSUER } from "../testing/tokenIssuer.ts";
import type { TokenClaims, TokenIssuer } from "../testing/tokenIssuer.ts";
import type { TableConfig } from "../table/entities/model.ts";
import type { RouterDeps } from "./createRouter.ts";

const clock = createFakeClock();
const expiresAt = clock.now() / 1000 + 7_200;
let table: TableConfig;
let issuer: TokenIssuer;
beforeAll(async () => {
  [table, issuer] = await Promise.all([createTestTable(), createTokenIssuer(clock)]);
});

const purge = { id: "p1", action: "purge_reports" };

/** A connection of user `u1` whose token ends in a minute. */
async function open(deps: Partial<RouterDeps> = {}) {
  const tokens = createTokenVerifier({ key: issuer.publicKey, issuer: ISSUER, now: () => clock.now() });
  const harness = createRouterHarness(table, { actions: sampleActions, handlers: { echo: () => "done" } }, { tokens, ...deps });
  const { tenantId } = harness;
  const connectionId = await harness.connect({ tokenExpiresAt: clock.now() / 1000 + 60, permissions: ["reports:write"] });
  const authenticate = (token: string) => harness.send(connectionId, { type: "authenticate", token });
  const sign = (claims: TokenClaims = {}) => issuer.sign({ tenant_id: tenantId, exp: expiresAt, ...claims });
  return { ...harness, connectionId, authenticate, sign };
}

const unauthorized = { code: "UNAUTHORIZED", message: "The token is missing, expired or not acceptable.", retryable: false };

describe("a fresh token of the same user", () => {
  test("replaces the connection's: its end and its permissions", async () => {
    const { authenticate, sign, send, connectionId, deps, ...harness } = await open();
    expect(await authenticate(await sign({ permissions: ["reports:write", "reports:purge"] }))).toEqual({
      type: "authenticated",
      expires_at: expiresAt,
    });
    expect(await deps.connections.get(connectionId)).toMatchObject({
      tokenExpiresAt: expiresAt,
      userId: "u1",
      permissions: ["reports:write", "reports:purge"],
    });
    await harness.clock.advance(3_600_000);
    expect(await send(connectionId, purge)).toMatchObject({ type: "acknowledgment" });
  });

  test("takes permissions away, too", async () => {
    const { authenticate, sign, send, connectionId } = await open();
    await authenticate(await sign({ permissions: [] }));
    expect(await send(connectionId, purge)).toMatchObject({
      error: { code: "FORBIDDEN", details: { missing: ["reports:write", "reports:purge"] } },
    });
  });

  test("revives a connection whose token has expired", async () => {
    const { authenticate, sign, send, connectionId, ...harness } = await open();
    const echo = { id: "e1", action: "echo", payload: { message: "x" } };
    await harness.clock.advance(60_000);
    expect(await send(connectionId, echo)).toMatchObject({ error: { code: "UNAUTHORIZED" } });
    await authenticate(await sign());
    expect(await send(connectionId, echo)).toMatchObject({ type: "response" });
  });

  test("may end at a fraction of a second", async () => {
    const { authenticate, sign } = await open();
    expect(await authenticate(await sign({ exp: expiresAt + 0.5 }))).toEqual({ type: "authenticated", expires_at: expiresAt });
  });
});

describe("any other token is refused, and the connection keeps its own", () => {
  test.each<[string, TokenClaims, object]>([
    ["of another user", { sub: "u2" }, { details: { reason: "the token is of another user or tenant" } }],
    ["of the user's name in other letters", { sub: "U1" }, { details: { reason: "the token is of another user or tenant" } }],
    ["of another tenant", { tenant_id: "evil" }, { details: { reason: "the token is of another user or tenant" } }],
    ["that has expired", { exp: clock.now() / 1000 - 60 }, {}],
    ["of another issuer", { iss: "https://evil.example" }, {}],
  ])("%s", async (_, claims, details) => {
    const { authenticate, sign, deps, connectionId } = await open();
    const before = await deps.connections.get(connectionId);
    expect(await authenticate(await sign(claims))).toEqual({ type: "error", error: { ...unauthorized, ...details } });
    expect(await deps.connections.get(connectionId)).toEqual({ ...before, messagesReceived: 1, messagesSent: 1 });
  });

  test("that is none", async () => {
    const { authenticate } = await open();
    expect(await authenticate("a.b.c")).toEqual({ type: "error", error: unauthorized });
  });
});

test("a connection that ends meanwhile is not brought back", async () => {
  const { connections } = (await open()).deps;
  const ending: typeof connections = {
    ...connections,
    async renew(connectionId, token) {
      await connections.delete(connectionId);
      return connections.renew(connectionId, token);
    },
  };
  const { authenticate, sign, connectionId } = await open({ connections: ending });
  expect(await authenticate(await sign())).toMatchObject({
    type: "error",
    error: { code: "UNAUTHORIZED", details: { reason: "the connection is gone" } },
  });
  expect(await connections.get(connectionId)).toBeUndefined();
});

test("a key that cannot be had is not the token's fault", async () => {
  const { authenticate } = await open({ tokens: { verify: () => Promise.reject(new ServiceUnavailableError()) } });
  expect(await authenticate("a.b.c")).toMatchObject({ type: "error", error: { code: "SERVICE_UNAVAILABLE", retryable: true } });
});
