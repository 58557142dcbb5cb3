/** A picture as the encoder made it. */
export interface EncodedPicture {
  readonly atMs: number;
  readonly isKey: boolean;
  readonly data: Uint8Array;
}

export interface Film {
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  /** In their order; the first is a key picture. */
  readonly pictures: readonly EncodedPicture[];
}

/**
 * A WebM file with one VP9 track: with its duration, and with an index, so that a player can seek. Chromium's own MediaRecorder writes neither,
 * and records as slowly as the film plays. @see https://www.webmproject.org/docs/container/
 */
export function webm({ width, height, durationMs, pictures }: Film): Uint8Array {
  const clusters = clustersOf(pictures).map((cluster) => ({ atMs: cluster[0]?.atMs ?? 0, bytes: clusterBytes(cluster) }));
  const head = concat([
    element(0x1549a966, [uint(0x2ad7b1, 1_000_000), float(0x4489, durationMs), text(0x4d80, "streamer"), text(0x5741, "streamer")]),
    element(0x1654ae6b, [
      element(0xae, [
        uint(0xd7, 1), // number
        uint(0x73c5, 1), // id
        uint(0x83, 1), // video
        uint(0x9c, 0), // no lacing
        text(0x86, "V_VP9"),
        element(0xe0, [uint(0xb0, width), uint(0xba, height)]),
      ]),
    ]),
  ]);
  // A position has always eight bytes, so the index is as long with the true ones as with these.
  const indexBytes = cues(clusters.map(({ atMs }) => ({ atMs, position: 0 }))).byteLength;
  let position = head.byteLength + indexBytes;
  const entries = clusters.map(({ atMs, bytes }) => {
    const entry = { atMs, position };
    position += bytes.byteLength;
    return entry;
  });
  return concat([
    element(0x1a45dfa3, [
      uint(0x4286, 1),
      uint(0x42f7, 1),
      uint(0x42f2, 4),
      uint(0x42f3, 8),
      text(0x4282, "webm"),
      uint(0x4287, 4),
      uint(0x4285, 2),
    ]),
    element(0x18538067, [head, cues(entries), ...clusters.map(({ bytes }) => bytes)]),
  ]);
}

/** Each begins with a key picture. */
function clustersOf(pictures: readonly EncodedPicture[]): readonly (readonly EncodedPicture[])[] {
  const clusters: EncodedPicture[][] = [];
  for (const picture of pictures) {
    const last = clusters.at(-1);
    if (picture.isKey || last === undefined) clusters.push([picture]);
    else last.push(picture);
  }
  return clusters;
}

function clusterBytes(pictures: readonly EncodedPicture[]): Uint8Array {
  const beginMs = Math.round(pictures[0]?.atMs ?? 0);
  const blocks = pictures.map(({ atMs, isKey, data }) => {
    const block = new Uint8Array(4 + data.byteLength);
    block[0] = 0x81;
    new DataView(block.buffer).setInt16(1, Math.round(atMs) - beginMs);
    block[3] = isKey ? 0x80 : 0;
    block.set(data, 4);
    return element(0xa3, [block]);
  });
  return element(0x1f43b675, [uint(0xe7, beginMs), ...blocks]);
}

function cues(entries: readonly { readonly atMs: number; readonly position: number }[]): Uint8Array {
  return element(
    0x1c53bb6b,
    entries.map(({ atMs, position }) =>
      element(0xbb, [uint(0xb3, Math.round(atMs)), element(0xb7, [uint(0xf7, 1), uint(0xf1, position)])]),
    ),
  );
}

function element(id: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(parts);
  const size = new DataView(new ArrayBuffer(8));
  size.setBigUint64(0, BigInt(body.byteLength));
  // The marker of a size in eight bytes.
  size.setUint8(0, 0x01);
  return concat([idBytes(id), new Uint8Array(size.buffer), body]);
}

function idBytes(id: number): Uint8Array {
  const length = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
  return Uint8Array.from({ length }, (_, index) => (id >>> (8 * (length - 1 - index))) & 0xff);
}

function uint(id: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value));
  return element(id, [new Uint8Array(view.buffer)]);
}

function float(id: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return element(id, [new Uint8Array(view.buffer)]);
}

function text(id: number, value: string): Uint8Array {
  return element(id, [new TextEncoder().encode(value)]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
