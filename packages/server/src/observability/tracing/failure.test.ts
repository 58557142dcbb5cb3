import { RateLimitedError, ServiceUnavailableError, UnauthorizedError, ValidationError } from "@streamer/protocol";
import { expect, test } from "vitest";
import { TerminalError } from "../../retry/terminalError.ts";
import { tracedFailure } from "./failure.ts";

const CANARY = "canary-7f3a";
const sdkError = (name: string, httpStatusCode: number, more: object = {}): Error =>
  Object.assign(new Error(CANARY), { name, $metadata: { httpStatusCode } }, more);

test.each([
  ["a refused token", new UnauthorizedError(), { kind: "error", type: "UnauthorizedError", code: "UNAUTHORIZED" }],
  ["a payload", new ValidationError({ details: { value: CANARY } }), { kind: "error", type: "ValidationError", code: "VALIDATION_ERROR" }],
  ["too many messages", new RateLimitedError(), { kind: "throttle", type: "RateLimitedError", code: "RATE_LIMITED" }],
  ["a table that is down", new ServiceUnavailableError(), { kind: "fault", type: "ServiceUnavailableError", code: "SERVICE_UNAVAILABLE" }],
  ["work that gives up", new TerminalError(CANARY), { kind: "fault", type: "TerminalError", code: undefined }],
  ["a lost condition", sdkError("ConditionalCheckFailedException", 400), { kind: "error", type: "ConditionalCheckFailedException" }],
  ["a gone connection", sdkError("GoneException", 410), { kind: "error", type: "GoneException" }],
  ["429", sdkError("LimitExceededException", 429), { kind: "throttle" }],
  ["a throttled table", sdkError("ThrottlingException", 400, { $retryable: { throttling: true } }), { kind: "throttle" }],
  ["a service that fails", sdkError("InternalServerError", 500), { kind: "fault" }],
  ["a socket", Object.assign(new Error(CANARY), { code: "ECONNRESET" }), { kind: "fault", type: "Error", code: "ECONNRESET" }],
  ["a code with contents", Object.assign(new Error(CANARY), { code: `no ${CANARY}!` }), { kind: "fault", type: "Error", code: undefined }],
  ["a name with contents", Object.assign(new Error("x"), { name: `no ${CANARY}!` }), { kind: "fault", type: "Error" }],
  ["a thrown text", CANARY, { kind: "fault", type: "string", code: undefined }],
  ["nothing", undefined, { kind: "fault", type: "undefined", code: undefined }],
])("%s is told by class and code", (_what, error, expected) => {
  const failure = tracedFailure(error);
  expect(failure).toMatchObject(expected);
  expect(JSON.stringify(failure)).not.toContain(CANARY);
});
