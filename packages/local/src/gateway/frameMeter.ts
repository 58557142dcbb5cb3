/** Watches the frames of one client as their bytes come in, beside `ws`, which limits whole messages only. */
export interface FrameMeter {
  /** Takes the next bytes of the stream, cut anywhere. Ignored once a frame was too large. */
  push(chunk: Uint8Array): void;
  /** Undefined until a data frame is over the limit; then the number of whole messages that came before it. */
  readonly oversizedAfter: number | undefined;
}

/** RFC 6455, 5.2: marks in the second byte that say where the length stands. */
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;
const FIRST_CONTROL_OPCODE = 8;

/** A meter for a stream that begins with a frame. `maxFrameBytes` is the largest payload of one data frame. */
export function createFrameMeter(maxFrameBytes: number): FrameMeter {
  const header: number[] = [];
  let payloadBytesLeft = 0;
  let messages = 0;
  let oversizedAfter: number | undefined;

  const takeHeader = (): void => {
    const [first = 0] = header;
    payloadBytesLeft = payloadLength(header);
    header.length = 0;
    if ((first & 0x0f) >= FIRST_CONTROL_OPCODE) return;
    if (payloadBytesLeft > maxFrameBytes) oversizedAfter = messages;
    else if ((first & 0x80) !== 0) messages += 1;
  };

  return {
    push(chunk) {
      let offset = 0;
      while (offset < chunk.length && oversizedAfter === undefined) {
        if (payloadBytesLeft > 0) {
          const skipped = Math.min(payloadBytesLeft, chunk.length - offset);
          offset += skipped;
          payloadBytesLeft -= skipped;
        } else {
          header.push(chunk[offset] ?? 0);
          offset += 1;
          if (header.length === headerLength(header)) takeHeader();
        }
      }
    },
    get oversizedAfter() {
      return oversizedAfter;
    },
  };
}

/** Bytes of the frame's header, as far as the bytes read so far can tell. */
function headerLength(header: readonly number[]): number {
  const [, second] = header;
  if (second === undefined) return 2;
  const maskBytes = (second & 0x80) === 0 ? 0 : 4;
  return 2 + lengthBytes(second) + maskBytes;
}

function lengthBytes(second: number): number {
  const mark = second & 0x7f;
  if (mark === LENGTH_IN_2_BYTES) return 2;
  return mark === LENGTH_IN_8_BYTES ? 8 : 0;
}

function payloadLength(header: readonly number[]): number {
  const [, second = 0] = header;
  const bytes = lengthBytes(second);
  return bytes === 0 ? second & 0x7f : header.slice(2, 2 + bytes).reduce((length, byte) => length * 256 + byte, 0);
}
