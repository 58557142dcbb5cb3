import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, payloadHash } from "./canonicalJson.ts";

/** The same value, every object's keys in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

test("the order of keys, at any depth, does not change the text", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
    }),
  );
});

test("the text says the same as the value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each([
  [{ a: 1 }, { a: "1" }],
  [{ a: null }, {}],
  [
    [1, 2],
    [2, 1],
  ],
  [[], {}],
  [{ a: { b: 1 } }, { a: 1, b: 1 }],
  ["é", "e\u0301"],
  [JSON.parse('{"__proto__":{"a":1}}'), {}],
])("%j and %j are different payloads", (one, other) => {
  expect(payloadHash(one)).not.toBe(payloadHash(other));
});
