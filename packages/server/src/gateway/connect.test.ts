import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { createTokenVerifier } from "../auth/token.ts";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createTokenIssuer, ISSUER } from "../testing/tokenIssuer.ts";
import type { TokenIssuer } from "../testing/tokenIssuer.ts";
import { createConnectHandler } from "./connect.ts";
import type { WebSocketEvent } from "./webSocketEvent.ts";

const clock = createFakeClock();
const nowSeconds = clock.now() / 1000;
let table: TableConfig;
let issuer: TokenIssuer;
let stranger: TokenIssuer;
beforeAll(async () => {
  [table, issuer, stranger] = await Promise.all([createTestTable(), createTokenIssuer(clock), createTokenIssuer(clock)]);
});

/** What the handler says to an upgrade, and the connection it stored. */
async function connect(
  upgrade: Pick<WebSocketEvent, "headers" | "queryStringParameters">,
  config: TableConfig = table,
  allowedOrigins: readonly string[] = [],
  publishMetrics: () => Promise<void> = async () => {},
) {
  const log = createRecordedLogger();
  const tokens = createTokenVerifier({ key: issuer.publicKey, issuer: ISSUER, now: () => clock.now() });
  const connections = createConnectionStore(config, clock);
  const connectionId = crypto.randomUUID();
  const requestContext = { connectionId, domainName: "api.example", stage: "live", identity: { sourceIp: "203.0.113.7" } };
  const metrics: string[] = [];
  const measuring = { addMetric: (name: string, value: number) => void metrics.push(`${name} ${value}`), publishMetrics };
  const handler = createConnectHandler({ tokens, connections, logger: log.logger, allowedOrigins, ...measuring });
  const result = await handler({ requestContext, ...upgrade });
  return { result, metrics, log, connectionId, stored: await createConnectionStore(table, clock).get(connectionId) };
}

const offering = (...subprotocols: readonly string[]) => ({ headers: { "Sec-WebSocket-Protocol": subprotocols.join(", ") } });
const asked = (token: string) => ({ queryStringParameters: { Authorization: token } });

describe("the metrics", () => {
  test("count who is let in", async () => {
    expect((await connect(asked(await issuer.sign()))).metrics).toEqual(["ConnectionsPerMinute 1"]);
  });

  test("count who is not, and tell tokens from all else", async () => {
    expect((await connect(asked(await stranger.sign()))).metrics).toEqual(["ConnectionsRefused 1", "AuthenticationFailures 1"]);
    expect((await connect({})).metrics).toEqual(["ConnectionsRefused 1", "AuthenticationFailures 1"]);
    expect((await connect(offering("mqtt"))).metrics).toEqual(["ConnectionsRefused 1"]);
    const brokenTable = { ...table, tableName: "no-such-table" };
    expect((await connect(asked(await issuer.sign()), brokenTable)).metrics).toEqual(["ConnectionsRefused 1"]);
  });

  test("that cannot be published keep nobody out", async () => {
    const { result, log } = await connect(asked(await issuer.sign()), table, [], () => Promise.reject(new Error("full")));
    expect(result.statusCode).toBe(200);
    expect(log.entries("The metrics of an invocation could not be published.")).toMatchObject([{ level: "WARN" }]);
  });
});

describe("an upgrade with a good token", () => {
  test("is let in with 200 and stored with who it is", async () => {
    const { result, stored, connectionId } = await connect({
      headers: { ...offering("streamer.v1", `streamer.jwt.${await issuer.sign()}`).headers, "User-Agent": "test/1" },
    });
    expect(result).toEqual({ statusCode: 200, headers: { "Sec-WebSocket-Protocol": "streamer.v1" } });
    expect(stored).toEqual({
      connectionId,
      tenantId: "acme",
      userId: "u1",
      permissions: ["reports:write"],
      endpoint: "api.example/live",
      connectedAt: clock.now(),
      lastPingAt: clock.now(),
      tokenExpiresAt: nowSeconds + 3_600,
      userAgent: "test/1",
      ipAddress: "203.0.113.7",
      messagesReceived: 0,
      messagesSent: 0,
    });
  });

  test("in the query is let in, and no subprotocol is chosen when none is offered", async () => {
    const { result, stored } = await connect({ headers: null, ...asked(await issuer.sign()) });
    expect(result).toEqual({ statusCode: 200 });
    expect(stored).toMatchObject({ userId: "u1", userAgent: undefined });
  });

  test("in the query beside the subprotocol is let in", async () => {
    const { result } = await connect({ ...offering("streamer.v1"), ...asked(await issuer.sign()) });
    expect(result).toEqual({ statusCode: 200, headers: { "Sec-WebSocket-Protocol": "streamer.v1" } });
  });

  test("in both places is who the subprotocol says", async () => {
    const { stored } = await connect({
      ...offering("streamer.v1", `streamer.jwt.${await issuer.sign({ sub: "by subprotocol" })}`),
      ...asked(await issuer.sign({ sub: "by query" })),
    });
    expect(stored).toMatchObject({ userId: "by subprotocol" });
  });

  test.each([["sec-websocket-protocol"], ["Sec-WebSocket-Protocol"], ["SEC-WEBSOCKET-PROTOCOL"]])(
    "is read from the header %s",
    async (name) => {
      const { result } = await connect({ headers: { [name]: `streamer.v1,streamer.jwt.${await issuer.sign()}` } });
      expect(result).toEqual({ statusCode: 200, headers: { "Sec-WebSocket-Protocol": "streamer.v1" } });
    },
  );

  test("may offer other versions, too", async () => {
    const { result } = await connect(offering("streamer.v2", "streamer.v1", `streamer.jwt.${await issuer.sign()}`));
    expect(result).toEqual({ statusCode: 200, headers: { "Sec-WebSocket-Protocol": "streamer.v1" } });
  });
});

describe("an upgrade is refused", () => {
  test.each<[string, () => Promise<string>, string]>([
    ["has expired", () => issuer.sign({ exp: nowSeconds - 60 }), "ERR_JWT_EXPIRED"],
    ["has a wrong signature", () => stranger.sign(), "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"],
    ["is none", () => Promise.resolve("a.b.c"), "ERR_JWS_INVALID"],
    ["names no tenant", () => issuer.sign({ tenant_id: undefined }), "ERR_JWT_CLAIM_VALIDATION_FAILED"],
  ])("with 401 when the token %s", async (_, token, reason) => {
    const { result, stored, log } = await connect(offering("streamer.v1", `streamer.jwt.${await token()}`));
    expect(result).toEqual({ statusCode: 401 });
    expect(stored).toBeUndefined();
    expect(log.entries("A connection was refused.")).toMatchObject([{ code: "UNAUTHORIZED", reason }]);
  });

  test.each<[string, Pick<WebSocketEvent, "headers" | "queryStringParameters">]>([
    ["anywhere", {}],
    ["beside the subprotocol", offering("streamer.v1")],
    ["in its subprotocol entry", offering("streamer.v1", "streamer.jwt.")],
    ["in the query", asked("")],
    ["in the query's right name", { queryStringParameters: { token: "a.b.c" } }],
  ])("with 401 when there is no token %s", async (_, upgrade) => {
    const { result, stored } = await connect(upgrade);
    expect(result).toEqual({ statusCode: 401 });
    expect(stored).toBeUndefined();
  });

  test("with 401 when the subprotocol's token is bad, though the query's is good", async () => {
    const { result } = await connect({ ...offering("streamer.v1", "streamer.jwt.a.b.c"), ...asked(await issuer.sign()) });
    expect(result).toEqual({ statusCode: 401 });
  });

  test.each([[["streamer.v2"]], [["graphql-ws", "STREAMER.V1"]], [[]]])(
    "with 400 when beside the token it offers %j only",
    async (others) => {
      const { result, stored } = await connect(offering(...others, `streamer.jwt.${await issuer.sign()}`));
      expect(result).toEqual({ statusCode: 400 });
      expect(stored).toBeUndefined();
    },
  );

  test("with 500 when the table does not answer, and the log says which verb failed", async () => {
    const { result, log } = await connect(offering("streamer.v1", `streamer.jwt.${await issuer.sign()}`), {
      ...table,
      tableName: "no-such-table",
    });
    expect(result).toEqual({ statusCode: 500 });
    expect(log.entries("A connection could not be opened.")).toMatchObject([
      { level: "ERROR", tenant_id: "acme", user_id: "u1", error: { name: "TableError", verb: "connection.save" } },
    ]);
  });
});

describe("with a list of origins", () => {
  const allowed = ["https://app.example.com", "http://localhost:5173"];
  const from = async (origin: string | undefined, list: readonly string[] = allowed, name = "Origin") =>
    connect({ headers: origin === undefined ? {} : { [name]: origin }, ...asked(await issuer.sign()) }, table, list);

  test.each(allowed)("a page of %s is let in", async (origin) => {
    expect((await from(origin)).result).toEqual({ statusCode: 200 });
    expect((await from(origin, allowed, "origin")).result).toEqual({ statusCode: 200 });
  });

  test("whoever names no origin is no browser, and is let in by the token alone", async () => {
    expect((await from(undefined)).result).toEqual({ statusCode: 200 });
  });

  test.each([
    "https://evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com.evil.example",
    "https://evil.example/https://app.example.com",
    "https://app.example.com/",
    "HTTPS://APP.EXAMPLE.COM",
    "https://app.example.com, https://evil.example",
    "null",
    "",
  ])("a page of %j is refused with 403, whatever its token", async (origin) => {
    const { result, stored, log } = await from(origin);
    expect(result).toEqual({ statusCode: 403 });
    expect(stored).toBeUndefined();
    expect(log.entries("A connection was refused: the page's origin is not on the list.")).toHaveLength(1);
  });

  test("an empty one lets pages of any origin in", async () => {
    expect((await from("https://evil.example", [])).result).toEqual({ statusCode: 200 });
  });

  test.each(["app.example.com", "https://app.example.com/", "https://app.example.com/chat", "https://*.example.com", "*", "null", ""])(
    "%j cannot stand in it: a handler is not made",
    (entry) => {
      const deps = { tokens: { verify: () => Promise.reject(new Error("unused")) }, logger: createRecordedLogger().logger };
      const connections = createConnectionStore(table, clock);
      expect(() => createConnectHandler({ ...deps, connections, allowedOrigins: [entry] })).toThrow(TypeError);
    },
  );
});

test("neither a token nor what it permits reaches a log, whether it is taken or refused", async () => {
  const tokens = [
    await issuer.sign(),
    await stranger.sign(),
    await issuer.sign({ exp: nowSeconds - 60 }),
    await issuer.sign({ tenant_id: 7 }),
  ];
  for (const token of tokens) {
    const { log } = await connect(offering("streamer.v1", `streamer.jwt.${token}`));
    expect(log.lines).toHaveLength(1);
    for (const part of [...token.split("."), "reports:write"]) expect(log.lines.join("")).not.toContain(part);
  }
});
