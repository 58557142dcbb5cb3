import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Points at a record that was given up. As on AWS it holds where the record is, not what is in it.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
 */
export interface PipeDeadLetter {
  readonly streamArn: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly reason: "RetryAttemptsExhausted" | "MaximumRecordAgeExceeded" | "InputTemplateFailed";
  /** Name of the last error, when there was one. */
  readonly errorCode?: string;
  readonly attempts: number;
  /** ISO 8601. */
  readonly time: string;
}

export type DeadLetterSink = (letter: PipeDeadLetter) => Promise<void>;

/** Appends each letter as a line to `<dataDir>/pipe-dead-letters.jsonl`, then calls `onDeadLetter`. */
export function createDeadLetterFile(dataDir: string, onDeadLetter?: (letter: PipeDeadLetter) => void): DeadLetterSink {
  return async (letter) => {
    await mkdir(dataDir, { recursive: true });
    await appendFile(join(dataDir, "pipe-dead-letters.jsonl"), `${JSON.stringify(letter)}\n`);
    onDeadLetter?.(letter);
  };
}
