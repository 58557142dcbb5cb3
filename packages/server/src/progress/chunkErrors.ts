import { TerminalError } from "../retry/terminalError.ts";

/** An emitted value is too large for a message. Nothing of it was sent. Emit it in smaller pieces, or put it into the result or a file. */
export class ChunkTooLargeError extends TerminalError {
  override readonly name: string = "ChunkTooLargeError";

  constructor(sizeBytes: number, limitBytes: number) {
    super(
      `An emitted value has ${sizeBytes} bytes as JSON; at most ${limitBytes} fit into a message. Emit it in smaller pieces, or put it into the result.`,
      { details: { size_bytes: sizeBytes, limit_bytes: limitBytes } },
    );
  }
}

/** An attempt has emitted as many messages as it may. Nothing of the value was sent. Emit larger pieces. */
export class TooManyChunksError extends TerminalError {
  override readonly name: string = "TooManyChunksError";

  constructor(limit: number) {
    super(`An attempt may emit ${limit} messages, and has. Emit fewer, larger values, or put them into the result.`, {
      details: { limit },
    });
  }
}

/** So much was emitted without waiting that it does not fit into memory. The value was not taken. Await what `emit` gives. */
export class ChunkBacklogError extends TerminalError {
  override readonly name: string = "ChunkBacklogError";

  constructor(waitingBytes: number, limitBytes: number) {
    super(
      `${waitingBytes} emitted bytes wait to be sent, and at most ${limitBytes} may. Await the promise that emit gives before emitting more.`,
      { details: { waiting_bytes: waitingBytes, limit_bytes: limitBytes } },
    );
  }
}
