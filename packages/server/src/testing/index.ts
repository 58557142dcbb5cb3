/**
 * For tests of code that runs on the server: a processor without AWS, connections that send nothing, logs that are read.
 *
 * @module @streamer/server/testing
 */

export { startConnectionsEndpoint } from "./connectionsEndpoint.ts";
export type { ConnectionsEndpoint, EndpointAnswer } from "./connectionsEndpoint.ts";
export { createFakeManagementApi } from "./fakeManagementApi.ts";
export type { FakeManagementApi, ManagementCall } from "./fakeManagementApi.ts";
export { createTestConnectionManager } from "./testConnectionManager.ts";
export type { RecordedSend, TestConnectionManager } from "./testConnectionManager.ts";
export { runProcessor } from "./processor/runProcessor.ts";
export type {
  ProcessorRun,
  PublishedEvent,
  RecordedFile,
  RecordedStep,
  ReportedProgress,
  RunProcessorOptions,
} from "./processor/runProcessor.ts";
export type { ProcessorEnd } from "./processor/processorEnd.ts";
export { createFakeClock } from "@streamer/protocol/testing";
export type { FakeClock } from "@streamer/protocol/testing";
export { logLine, logLineJsonSchema, logLineProblems, readLogText } from "../observability/logLine.ts";
export type { LogLine, LogText } from "../observability/logLine.ts";
export { LOG_FIELDS } from "../observability/logFields.ts";
export { OPERATIONS } from "../observability/operations.ts";
export type { Operation } from "../observability/operations.ts";
