import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { StoredUpload } from "../table/storedRequest.ts";
import { createFakeFiles } from "../testing/fakeFiles.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { readPayload } from "./payload.ts";

const body = '{"rows":[1,"ü"]}';
const uploadOf = (text: string): StoredUpload => ({
  key: "k",
  sizeBytes: Buffer.byteLength(text),
  sha256: createHash("sha256").update(text).digest("base64"),
});
const requests = { payloadOf: () => Promise.resolve('{"from":"the table"}') };

async function read(there: string | undefined, upload: StoredUpload = uploadOf(body)): Promise<unknown> {
  const files = createFakeFiles();
  if (there !== undefined) await files.put("k", there, "");
  return readPayload(storedRequest({ payload: undefined, upload }), { requests, files });
}
const invalid = (message: string) => ({ code: "VALIDATION_ERROR", retryable: false, details: { issues: [{ path: "", message }] } });

describe("the payload of a request", () => {
  it("is in the table when it came in its message", async () => {
    expect(await readPayload(storedRequest(), { requests, files: createFakeFiles() })).toEqual({ from: "the table" });
  });

  it("that was uploaded is read from the bucket", async () => {
    expect(await read(body)).toEqual({ rows: [1, "ü"] });
  });

  it.each([
    ["is gone", undefined, "The uploaded payload is not there any more."],
    ["has another size", `${body} `, "The uploaded payload has 18 bytes instead of 17."],
    ["has another content of the same size", body.replace("1", "2"), "The uploaded payload has another SHA-256 than was announced."],
  ])("whose upload %s is not valid", async (_, there, message) => {
    await expect(read(there)).rejects.toMatchObject(invalid(message));
  });

  it("that is no JSON is not valid, and not quoted", async () => {
    await expect(read("secret", uploadOf("secret"))).rejects.toMatchObject(invalid("The uploaded payload is not JSON."));
  });

  it("that the bucket does not give is no fault of the client's", async () => {
    const files = { get: () => Promise.reject(new Error("slow down")) };
    await expect(readPayload(storedRequest({ upload: uploadOf(body) }), { requests, files })).rejects.toThrow("slow down");
  });
});
