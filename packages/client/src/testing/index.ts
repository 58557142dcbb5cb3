/**
 * For tests: a server in memory, and a client that shows every message.
 *
 * @module @streamer/client/testing
 */

export { createTestServer } from "./server/createTestServer.ts";
export type { ActionNamed, PublishOptions, TestHandler, TestServer, TestServerOptions } from "./server/testServer.ts";
export type { Fate, NetworkRule } from "./server/network.ts";
export type { TestConnection } from "./server/testConnection.ts";
export type { TestRequest } from "./server/testRequest.ts";
export { createTestToken } from "./server/testToken.ts";
export type { TestClaims } from "./server/testToken.ts";
export type { TestWebSocketClass } from "./server/testWebSocket.ts";
export { createTestClient } from "./testClient.ts";
export type { Completion, TestClient, TestClientOptions } from "./testClient.ts";
export { createFakeClock } from "@streamer/protocol/testing";
export type { FakeClock } from "@streamer/protocol/testing";
