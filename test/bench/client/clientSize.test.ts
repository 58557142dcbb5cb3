import { describe, expect, test } from "vitest";
import { CLIENT_CORE, CLIENT_LIMIT_BYTES, clientBundleOf } from "./clientSize.ts";

test("the client with all that every page needs is within 12 KB, minified and gzipped, without batches and topics", async () => {
  const { sizeBytes, inputs } = await clientBundleOf(CLIENT_CORE);
  expect(sizeBytes).toBeGreaterThan(5_000);
  expect(sizeBytes).toBeLessThanOrEqual(CLIENT_LIMIT_BYTES);
  expect(inputs.filter((path) => /valibot|client\/src\/(batch|topics)/.test(path))).toEqual([]);
  console.info(`@streamer/client: ${sizeBytes} bytes of ${CLIENT_LIMIT_BYTES}.`);
});

describe("what a page loads beside, when it uses them:", () => {
  test.each([
    ["batches", "submitBatch, getBatch", 6 * 1024],
    ["topics", "subscribeTopic, membersByUser", 4 * 1024],
  ])("%s", async (what, names, limitBytes) => {
    const [core, more] = [await clientBundleOf(CLIENT_CORE), await clientBundleOf(`${CLIENT_CORE}, ${names}`)];
    const sizeBytes = more.sizeBytes - core.sizeBytes;
    expect(sizeBytes).toBeGreaterThan(500);
    expect(sizeBytes).toBeLessThanOrEqual(limitBytes);
    expect(more.inputs.filter((path) => path.includes("valibot"))).toEqual([]);
    console.info(`@streamer/client with ${what}: ${sizeBytes} bytes more, ${more.sizeBytes} together.`);
  });
});
