import { describe, expect, test } from "vitest";
import { parseUploadedPayload } from "./jsonBody.ts";

const read = (text: string): unknown => parseUploadedPayload(new TextEncoder().encode(text));
const refused = (message: string) => ({ code: "VALIDATION_ERROR", details: { issues: [{ path: "", message }] } });
const thrownBy = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

describe("an uploaded payload", () => {
  test("is read as JSON", () => {
    expect(read('{"a":[1,null,"ü"]}')).toEqual({ a: [1, null, "ü"] });
  });

  test("may be as deep as one in a message, and no deeper", () => {
    const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
    expect(read(nested(63))).toBeInstanceOf(Array);
    expect(thrownBy(() => read(nested(64)))).toMatchObject(refused("The uploaded payload is nested deeper than 63 levels."));
  });

  test.each(["", "secret words", '{"a":', "{} {}"])("that is not JSON is refused, and not quoted: %s", (text) => {
    const error = thrownBy(() => read(text));
    expect(error).toMatchObject(refused("The uploaded payload is not JSON."));
    expect((error as Error).cause).toBeUndefined();
  });

  test("that is not UTF-8 is refused", () => {
    expect(thrownBy(() => parseUploadedPayload(Uint8Array.of(0x22, 0xff, 0x22)))).toMatchObject(
      refused("The uploaded payload is not UTF-8."),
    );
  });
});
