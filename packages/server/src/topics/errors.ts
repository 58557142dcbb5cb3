import { ServiceUnavailableError } from "@streamer/protocol";
import { TerminalError } from "../retry/terminalError.ts";

/** The bus did not take an event, after all retries. A client sees SERVICE_UNAVAILABLE; the log sees the cause. */
export class PublishFailedError extends ServiceUnavailableError {
  constructor(cause: unknown) {
    super({ cause });
  }
}

/** The data of an event is too large for a message. Nothing was published. Publish less, such as an id of where the rest is. */
export class EventTooLargeError extends TerminalError {
  override readonly name: string = "EventTooLargeError";

  constructor(topic: string, sizeBytes: number, limitBytes: number) {
    super(
      `An event for the topic "${topic}" has ${sizeBytes} bytes as JSON; at most ${limitBytes} fit into a message. Publish an id of where the rest is.`,
      { details: { size_bytes: sizeBytes, limit_bytes: limitBytes } },
    );
  }
}
