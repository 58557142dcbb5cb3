import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DescribeStreamCommand, GetRecordsCommand, GetShardIteratorCommand } from "@aws-sdk/client-dynamodb-streams";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "@streamer/protocol";
import { createFileCheckpoints, isAfter } from "../../../pipe/checkpoints.ts";
import { fail, NotCheckableError, ok, warn } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";
import { counted, inWords } from "../shared/inWords.ts";
import type { LocalTarget } from "./localTarget.ts";
import { RESTART } from "./machineChecks.ts";

/** The pipe reads ten times a second and saves how far it came. Records may carry whole seconds only. */
const LAG_WARN_MS = 5_000;
const LAG_FAIL_MS = 60_000;

/**
 * Whether the pipe of the local stack runs, how far behind the stream it is, and what it gave up. The lag is measured from outside: by
 * its saved position and the stream itself, also when the stack does not answer.
 */
export function localPipeCheck(target: LocalTarget, clock: Clock): Check {
  return {
    name: "pipe",
    advice: RESTART,
    runbook: "pipe",
    async run(signal) {
      const [status, backlog, letters] = await Promise.all([
        // Without it there is still the lag.
        target.status().catch((error: unknown) => {
          if (error instanceof NotCheckableError) return undefined;
          throw error;
        }),
        readBacklog(target, signal),
        countDeadLetters(target.stack.dataDir),
      ]);
      const lagMs = backlog.oldestAt === undefined ? 0 : Math.max(0, clock.now() - backlog.oldestAt);
      const behind =
        backlog.records === 0
          ? "nothing waits in the stream"
          : `${counted(backlog.records, "record")} behind, the oldest for ${inWords(lagMs)}`;
      return [pipeFinding(status?.pipe.running, lagMs, behind), deadLetterFinding(letters, target.stack.dataDir)];
    },
  };
}

function pipeFinding(running: boolean | undefined, lagMs: number, behind: string): Finding {
  if (running === false) return fail("pipe", `it is stopped: ${behind}`, `No request is started. ${RESTART}`, "pipe");
  if (lagMs > LAG_FAIL_MS)
    return fail("pipe", behind, `Requests start late, or not at all: see the log of "streamer dev". ${RESTART}`, "pipe");
  if (lagMs > LAG_WARN_MS) return warn("pipe", behind, "Look again in a moment; if it grows, see the log of the pipe.", "pipe");
  return ok("pipe", running === true ? `runs; ${behind}` : behind);
}

function deadLetterFinding(count: number, dataDir: string): Finding {
  if (count === 0) return ok("dead letters pipe", "none");
  const path = join(dataDir, "pipe-dead-letters.jsonl");
  return fail(
    "dead letters pipe",
    counted(count, "record"),
    `${path} says which. The sweeper starts their requests within minutes; delete the file when they have gone on.`,
    "dead-letters",
  );
}

interface Backlog {
  /** Records after the saved position, up to a page of each shard. */
  readonly records: number;
  /** Ms since 1970. */
  readonly oldestAt: number | undefined;
}

async function readBacklog({ dynamodb, streams, stack }: LocalTarget, signal: AbortSignal): Promise<Backlog> {
  const { Table: table } = await dynamodb.send(new DescribeTableCommand({ TableName: stack.tableName }), { abortSignal: signal });
  const streamArn = table?.LatestStreamArn;
  if (streamArn === undefined) throw new NotCheckableError("the table has no stream");
  const checkpoints = createFileCheckpoints(stack.dataDir);
  const { StreamDescription: stream } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }), { abortSignal: signal });
  const waiting: number[] = [];
  for (const { ShardId: shardId } of stream?.Shards ?? []) {
    if (shardId === undefined) continue;
    const checkpoint = await checkpoints.load(streamArn, shardId);
    if (checkpoint?.ended === true) continue;
    const position = checkpoint?.sequenceNumber;
    const start =
      position === undefined
        ? ({ ShardIteratorType: "TRIM_HORIZON" } as const)
        : ({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position } as const);
    const opened = await streams.send(new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...start }), {
      abortSignal: signal,
    });
    const page = await streams.send(new GetRecordsCommand({ ShardIterator: opened.ShardIterator }), { abortSignal: signal });
    // An engine may repeat the record at the checkpoint.
    for (const { dynamodb: record } of page.Records ?? []) {
      if (isAfter(record?.SequenceNumber ?? "0", position)) waiting.push(record?.ApproximateCreationDateTime?.getTime() ?? 0);
    }
  }
  return { records: waiting.length, oldestAt: waiting.length === 0 ? undefined : Math.min(...waiting) };
}

async function countDeadLetters(dataDir: string): Promise<number> {
  try {
    const text = await readFile(join(dataDir, "pipe-dead-letters.jsonl"), "utf8");
    return text.split("\n").filter((line) => line !== "").length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
