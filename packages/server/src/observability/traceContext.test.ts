import { TRACEPARENT_PATTERN } from "@streamer/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newTraceparent, traceIdOf } from "./traceContext.ts";

const ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793";
const TRACE_ID = "5759e988bd862e3fe1be46a994272793";
const random = (bytes: number): string => "ab".repeat(bytes);

describe("the trace context of an invocation", () => {
  test.each([
    ["that of its X-Ray header, sampled", `${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`, `00-${TRACE_ID}-53995c3f42cd8ad8-01`],
    ["not sampled", `${ROOT};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=a:0`, `00-${TRACE_ID}-53995c3f42cd8ad8-00`],
    ["whatever the order of its parts", `Sampled=1;Parent=53995c3f42cd8ad8;${ROOT}`, `00-${TRACE_ID}-53995c3f42cd8ad8-01`],
    ["without a parent gets one", `${ROOT};Sampled=1`, `00-${TRACE_ID}-${random(8)}-01`],
    ["without a header is a new one, which nobody samples", undefined, `00-${random(16)}-${random(8)}-00`],
    ["with a header that is none is a new one", "Root=1-xyz", `00-${random(16)}-${random(8)}-00`],
    ["with a parent of zeros is a new one", `${ROOT};Parent=0000000000000000;Sampled=1`, `00-${random(16)}-${random(8)}-00`],
  ])("%s", (_, header, expected) => {
    expect(newTraceparent(header, random)).toBe(expected);
  });

  test("is always one that the protocol takes, and never the same", () => {
    fc.assert(fc.property(fc.option(fc.string(), { nil: undefined }), (header) => TRACEPARENT_PATTERN.test(newTraceparent(header))));
    expect(newTraceparent(undefined)).not.toBe(newTraceparent(undefined));
  });
});

test.each([
  [`00-${TRACE_ID}-53995c3f42cd8ad8-01`, TRACE_ID],
  ["", undefined],
  [undefined, undefined],
  [null, undefined],
  [`00-${"0".repeat(32)}-53995c3f42cd8ad8-01`, undefined],
])("the trace of %s is %s", (traceparent, traceId) => {
  expect(traceIdOf(traceparent)).toBe(traceId);
});
