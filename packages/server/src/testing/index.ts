export { startConnectionsEndpoint } from "./connectionsEndpoint.ts";
export type { ConnectionsEndpoint, EndpointAnswer } from "./connectionsEndpoint.ts";
export { createFakeManagementApi } from "./fakeManagementApi.ts";
export type { FakeManagementApi, ManagementCall } from "./fakeManagementApi.ts";
export { createTestConnectionManager } from "./testConnectionManager.ts";
export type { RecordedSend, TestConnectionManager } from "./testConnectionManager.ts";
