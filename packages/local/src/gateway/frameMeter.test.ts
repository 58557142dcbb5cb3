import { describe, expect, it } from "vitest";
import { createFrameMeter } from "./frameMeter.ts";
import { clientFrame } from "./testing/testClient.ts";

const MAX = 100;

function oversizedAfter(chunks: readonly Uint8Array[], maxFrameBytes = MAX): number | undefined {
  const meter = createFrameMeter(maxFrameBytes);
  for (const chunk of chunks) meter.push(chunk);
  return meter.oversizedAfter;
}

describe("the frame meter", () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 100_000])("takes a frame of %i bytes that is just within the limit", (size) => {
    expect(oversizedAfter([clientFrame("x".repeat(size)), clientFrame("next")], Math.max(size, 4))).toBeUndefined();
  });

  it.each([1, 126, 127, 65_536, 100_000])("finds a frame of %i bytes that is one over the limit", (size) => {
    expect(oversizedAfter([clientFrame("x".repeat(size))], size - 1)).toBe(0);
  });

  it("counts whole messages before the large frame: not fragments, not control frames", () => {
    const ping = clientFrame("ping", { opcode: 9 });
    const stream = [
      clientFrame("one"),
      clientFrame("tw", { fin: false }),
      ping,
      clientFrame("o", { opcode: 0 }),
      clientFrame("thre", { fin: false }),
      clientFrame("x".repeat(MAX + 1), { opcode: 0 }),
    ];
    expect(oversizedAfter(stream)).toBe(2);
  });

  it("does not limit control frames", () => {
    expect(oversizedAfter([clientFrame("x".repeat(MAX + 1), { opcode: 9 })])).toBeUndefined();
  });

  it("sees the same however the stream is cut", () => {
    const stream = Buffer.concat([clientFrame("x".repeat(80)), clientFrame("y".repeat(90)), clientFrame("z".repeat(300))]);
    for (let cut = 1; cut < stream.length; cut += 1) expect(oversizedAfter([stream.subarray(0, cut), stream.subarray(cut)])).toBe(2);
    expect(oversizedAfter([...stream].map((byte) => Uint8Array.of(byte)))).toBe(2);
  });

  it("knows the size from the header, before the payload has come", () => {
    expect(oversizedAfter([clientFrame("x".repeat(200)).subarray(0, 7)])).toBeUndefined();
    expect(oversizedAfter([clientFrame("x".repeat(200)).subarray(0, 8)])).toBe(0);
  });

  it("reads frames without a mask", () => {
    expect(oversizedAfter([Uint8Array.of(0x81, 1, 0x61), clientFrame("x".repeat(MAX + 1))])).toBe(1);
  });
});
