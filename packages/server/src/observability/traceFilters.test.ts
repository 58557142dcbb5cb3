import { expect, test } from "vitest";
import { filledIn, TRACE_FILTERS } from "./traceFilters.ts";
import type { Annotations } from "./tracing/tracer.ts";

/** Every annotation that a segment may have: the compiler keeps the list whole. */
const ANNOTATIONS = Object.keys({
  user_id: true,
  tenant_id: true,
  connection_id: true,
  request_id: true,
  batch_id: true,
  correlation_id: true,
  action: true,
  attempt: true,
  outcome: true,
  origin_trace_id: true,
  shard: true,
} satisfies Record<keyof Annotations, true>);
const FAILURES = ["error", "error_code"];

test("filters search by annotations that segments have", () => {
  const used = TRACE_FILTERS.flatMap(({ expression }) => [...expression.matchAll(/annotation\[(\w+)\]/g)].map(([, name]) => name));
  expect(used.length).toBeGreaterThan(8);
  expect(used.filter((name) => ![...ANNOTATIONS, ...FAILURES].includes(String(name)))).toEqual([]);
});

test("each has a name of its own, and a place for its parameter and for no other", () => {
  expect(new Set(TRACE_FILTERS.map(({ name }) => name)).size).toBe(TRACE_FILTERS.length);
  for (const { expression, parameter } of TRACE_FILTERS)
    expect([...expression.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(parameter === undefined ? [] : [parameter]);
});

test("a filter is filled in with an id, as it is", () => {
  const byTenant = TRACE_FILTERS.find(({ name }) => name === "by_tenant");
  if (byTenant === undefined) throw new Error("There is no filter by tenant.");
  expect(filledIn(byTenant, "acme$&")).toBe('annotation[tenant_id] = "acme$&"');
  expect(() => filledIn(byTenant, 'a" OR fault = true')).toThrow(TypeError);
});
