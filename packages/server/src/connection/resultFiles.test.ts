import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractFiles, insertUrls } from "./resultFiles.ts";

const REFERENCE = "streamer-file:the-secret/";
/** As a worker knows its references: these and no others. */
const keyOf = (text: string): string | undefined => (text.startsWith(REFERENCE) ? `t/r/1/${text.slice(REFERENCE.length)}` : undefined);
const signed = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([pointer, key]) => [pointer, `https://bucket/${key}`]));
const roundTrip = (result: unknown): unknown => {
  const { body, files } = extractFiles(result, keyOf);
  return insertUrls(body, signed(files));
};

/** Names that mean something in pointers or to objects. */
const name = fc.oneof(fc.constantFrom("", "/", "~", "~0", "~1", "a/b", "~01", "0", "__proto__", "constructor", "length"), fc.string());
const fileName = fc.stringMatching(/^[a-z]{1,5}\.pdf$/);
const tree = (leaf: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf, tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 4 }),
    object: fc
      .array(fc.tuple(name, tie("value")), { maxLength: 4 })
      // As JSON.parse makes them: `__proto__` is a name like any other.
      .map(
        (entries) =>
          JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`) as unknown,
      ),
  })).value;
const plain = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));

/** The same result with every reference replaced: what a round trip must give. */
function withUrls(text: string): string {
  return text.replaceAll(/"streamer-file:the-secret\/([a-z]+\.pdf)"/g, '"https://bucket/t/r/1/$1"');
}

describe("a round trip", () => {
  it("puts a URL in the place of every reference and changes nothing else, in any result", () => {
    const reference = fileName.map((file) => `${REFERENCE}${file}`);
    fc.assert(
      fc.property(tree(fc.oneof(plain, reference)), (result) => {
        expect(JSON.stringify(roundTrip(result))).toBe(withUrls(JSON.stringify(result)));
      }),
      { numRuns: 500 },
    );
  });

  it("leaves a result without files as its JSON is", () => {
    fc.assert(
      fc.property(tree(plain), (result) => {
        const { body, files } = extractFiles(result, keyOf);
        expect(body).toBe(JSON.stringify(result));
        expect(files).toEqual({});
      }),
    );
  });
});

it.each([
  ["the result itself", `${REFERENCE}a.pdf`, { "": "t/r/1/a.pdf" }],
  ["a field", { url: `${REFERENCE}a.pdf`, size: 3 }, { "/url": "t/r/1/a.pdf" }],
  ["an element", { pages: ["x", `${REFERENCE}a.pdf`] }, { "/pages/1": "t/r/1/a.pdf" }],
  ["a field with / and ~ in its name", { "a/b~c": `${REFERENCE}a.pdf` }, { "/a~1b~0c": "t/r/1/a.pdf" }],
  ["a field without a name", { "": { "": `${REFERENCE}a.pdf` } }, { "//": "t/r/1/a.pdf" }],
])("a file may stand as %s, and its pointer says so", (_, result, files) => {
  expect(extractFiles(result, keyOf).files).toEqual(files);
});

it("one file may stand in two places", () => {
  const result = { url: `${REFERENCE}a.pdf`, links: [`${REFERENCE}a.pdf`] };
  expect(roundTrip(result)).toEqual({ url: "https://bucket/t/r/1/a.pdf", links: ["https://bucket/t/r/1/a.pdf"] });
});

it("no reference is left in what is stored", () => {
  const { body } = extractFiles({ url: `${REFERENCE}a.pdf` }, keyOf);
  expect(body).toBe('{"url":""}');
});

it.each([
  "streamer-file:another-secret/a.pdf",
  "streamer-file:/a.pdf",
  " streamer-file:the-secret/a.pdf",
  "STREAMER-FILE:the-secret/a.pdf",
  "t/r/1/a.pdf",
])("a text that a client sent in cannot pass for a file: %s", (text) => {
  const { body, files } = extractFiles({ echo: text }, keyOf);
  expect(files).toEqual({});
  expect(insertUrls(body, signed(files))).toEqual({ echo: text });
});

it("a result is what JSON makes of it: dates are text, what is undefined is absent, nothing is null", () => {
  expect(roundTrip({ at: new Date(0), nothing: undefined })).toEqual({ at: "1970-01-01T00:00:00.000Z" });
  expect(roundTrip(undefined)).toBeNull();
});

it("a reference that JSON makes is found too", () => {
  const result = { report: { toJSON: () => `${REFERENCE}a.pdf` } };
  expect(roundTrip(result)).toEqual({ report: "https://bucket/t/r/1/a.pdf" });
});

it("a field called __proto__ stays a field, and changes no object's nature", () => {
  const result = JSON.parse(`{"__proto__":{"url":"${REFERENCE}a.pdf"}}`) as unknown;
  expect(JSON.stringify(roundTrip(result))).toBe('{"__proto__":{"url":"https://bucket/t/r/1/a.pdf"}}');
  expect(({} as { url?: string }).url).toBeUndefined();
});
