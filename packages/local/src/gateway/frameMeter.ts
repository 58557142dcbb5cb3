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

/** The shortest header, and what a client's mask adds to it. */
const HEADER_BYTES = 2;
const MASK_BYTES = 4;

/** A meter for a stream that begins with a frame. `maxFrameBytes` is the largest payload of one data frame. */
export function createFrameMeter(maxFrameBytes: number): FrameMeter {
  return new ByteMeter(maxFrameBytes);
}

/** Every open connection has one, and every byte goes by it: some numbers, and nothing that is allocated for a frame. */
class ByteMeter implements FrameMeter {
  oversizedAfter: number | undefined = undefined;
  readonly #maxFrameBytes: number;
  #messages = 0;
  /** Of the payload, that are still to come; 0: a header is next. */
  #payloadBytesLeft = 0;
  /** Of the header, that were read. */
  #headerBytesRead = 0;
  #headerBytes = HEADER_BYTES;
  #firstByte = 0;
  #lengthBytes = 0;
  #length = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length && this.oversizedAfter === undefined) {
      if (this.#payloadBytesLeft > 0) {
        const skipped = Math.min(this.#payloadBytesLeft, chunk.length - offset);
        offset += skipped;
        this.#payloadBytesLeft -= skipped;
      } else {
        this.#takeHeaderByte(chunk[offset] ?? 0);
        offset += 1;
      }
    }
  }

  #takeHeaderByte(byte: number): void {
    const at = this.#headerBytesRead;
    if (at === 0) this.#firstByte = byte;
    else if (at === 1) this.#takeLengthMark(byte);
    else if (at < HEADER_BYTES + this.#lengthBytes) this.#length = this.#length * 256 + byte;
    this.#headerBytesRead = at + 1;
    // Until the second byte is read, the header is as long as the two.
    if (at >= 1 && at + 1 === this.#headerBytes) this.#endHeader();
  }

  #takeLengthMark(byte: number): void {
    const mark = byte & 0x7f;
    this.#lengthBytes = mark === LENGTH_IN_2_BYTES ? 2 : mark === LENGTH_IN_8_BYTES ? 8 : 0;
    this.#length = this.#lengthBytes === 0 ? mark : 0;
    this.#headerBytes = HEADER_BYTES + this.#lengthBytes + ((byte & 0x80) === 0 ? 0 : MASK_BYTES);
  }

  #endHeader(): void {
    this.#headerBytesRead = 0;
    this.#payloadBytesLeft = this.#length;
    if ((this.#firstByte & 0x0f) >= FIRST_CONTROL_OPCODE) return;
    if (this.#length > this.#maxFrameBytes) this.oversizedAfter = this.#messages;
    else if ((this.#firstByte & 0x80) !== 0) this.#messages += 1;
  }
}
