import { REQUEST_STATUSES } from "@streamer/protocol";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { matches } from "../testing/storedImages.ts";
import { pipeDefinition } from "./pipeDefinition.ts";
import { requestEvent, requestRulePattern } from "./requestEvent.ts";

const detail = {
  request_id: "r1",
  tenant_id: "acme",
  user_id: "u1",
  action: "generate_report",
  status: "pending",
  attempt: "0",
  correlation_id: "k",
};
const event = { id: "e1", source: pipeDefinition.source, "detail-type": pipeDefinition.detailType, detail };

describe("a processor's rule", () => {
  const takes = (overrides: object, changed: object = {}) =>
    matches(requestRulePattern("generate_report"), { ...event, ...changed, detail: { ...detail, ...overrides } });

  test.each(REQUEST_STATUSES)("takes requests of its action that wait to be started, and no others: %s", (status) => {
    expect(takes({ status })).toBe(status === "pending");
  });

  test("takes no other action's, also when the name begins alike", () => {
    expect(takes({ action: "generate" })).toBe(false);
    expect(takes({ action: "generate_report_2" })).toBe(false);
  });

  test("takes no events of others on the bus", () => {
    expect(takes({}, { source: "shop" })).toBe(false);
    expect(takes({}, { "detail-type": "shop.order" })).toBe(false);
  });
});

describe("an event as a queue delivers it", () => {
  test.each([
    ["of an older version has none", {}],
    ["of an item that has none has an empty one", { traceparent: "" }],
    ["as some rules write what is missing", { traceparent: null }],
    ["has one", { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" }],
  ])("is read whether or not it names a trace: one %s", (_, traced) => {
    expect(v.is(requestEvent, { ...event, detail: { ...detail, ...traced } })).toBe(true);
  });

  test("is read; a number of DynamoDB comes as text", () => {
    expect(v.parse(requestEvent, { ...event, account: "1", time: "now" })).toEqual({ ...event, detail: { ...detail, attempt: 0 } });
  });

  test.each<[string, object]>([
    ["of another type", { ...event, "detail-type": "shop.order" }],
    ["without an id", { ...event, id: undefined }],
    ["whose attempt is no number", { ...event, detail: { ...detail, attempt: "first" } }],
    ["whose attempt is no whole number", { ...event, detail: { ...detail, attempt: "0.5" } }],
    ["of an unknown status", { ...event, detail: { ...detail, status: "queued" } }],
    ["without a tenant", { ...event, detail: { ...detail, tenant_id: undefined } }],
  ])("%s is refused", (_, bad) => {
    expect(v.is(requestEvent, bad)).toBe(false);
  });
});
