import { describe, expect, it } from "vitest";
import { storedRequest } from "../testing/sampleRequest.ts";
import { createAttemptFiles } from "./files.ts";

const SECRET = "a-secret";
function createFiles(attempt = 2) {
  const uploads: [string, Uint8Array | string, string][] = [];
  const put = async (key: string, body: Uint8Array | string, contentType: string): Promise<void> =>
    void uploads.push([key, body, contentType]);
  const request = storedRequest({ action: "generate_report", tenantId: "a/../b", requestId: "r1", attempt });
  return { uploads, files: createAttemptFiles(request, { put }, SECRET) };
}

describe("a file", () => {
  it("is uploaded under a key of its action, tenant, request and attempt", async () => {
    const { files, uploads } = createFiles();
    const reference = await files.putFile("report.pdf", "body", "application/pdf");
    expect(uploads).toEqual([["generate_report/a%2F..%2Fb/r1/2/report.pdf", "body", "application/pdf"]]);
    expect(files.keyOf(reference)).toBe("generate_report/a%2F..%2Fb/r1/2/report.pdf");
  });

  it("that is in the bucket already is named without an upload", () => {
    const { files, uploads } = createFiles();
    expect(files.keyOf(files.file("report.pdf"))).toBe("generate_report/a%2F..%2Fb/r1/2/report.pdf");
    expect(uploads).toEqual([]);
  });

  it.each(["", "a/b", "../a", "a b", "ü", "x".repeat(129)])("cannot be called %j", async (name) => {
    const { files, uploads } = createFiles();
    expect(() => files.file(name)).toThrow(RangeError);
    await expect(files.putFile(name, "", "text/plain")).rejects.toThrow(RangeError);
    expect(uploads).toEqual([]);
  });

  it("that could not be uploaded has no reference", async () => {
    const put = () => Promise.reject(new Error("denied"));
    const files = createAttemptFiles(storedRequest(), { put }, SECRET);
    await expect(files.putFile("a.pdf", "", "application/pdf")).rejects.toThrow("denied");
  });
});

describe("a reference", () => {
  it("is known only when it was given out", () => {
    const { files } = createFiles();
    files.file("a.pdf");
    expect(files.keyOf(`streamer-file:${SECRET}/b.pdf`)).toBeUndefined();
    expect(files.keyOf("streamer-file:other/a.pdf")).toBeUndefined();
    expect(files.keyOf("a.pdf")).toBeUndefined();
  });

  it("of one attempt is nothing to another", () => {
    const first = createAttemptFiles(storedRequest({ attempt: 1 }), { put: async () => {} }, "one");
    const second = createAttemptFiles(storedRequest({ attempt: 2 }), { put: async () => {} }, "two");
    expect(second.keyOf(first.file("a.pdf"))).toBeUndefined();
  });
});
