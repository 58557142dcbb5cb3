import { systemClock } from "@streamer/protocol";
import type { RequestHandle } from "@streamer/client";
import { CommandError, EXIT } from "../failure.ts";
import { durationInWords } from "../durationInWords.ts";
import { quoted } from "../quoted.ts";
import { openWire } from "../wire/openWire.ts";
import type { Wire } from "../wire/openWire.ts";
import type { WireOptions } from "../wire/options.ts";
import { errorInWords } from "./inWords.ts";
import { interruptible } from "./interruptible.ts";
import { readPayload } from "./payload.ts";
import { jsonLines, liveBars, printedBars, safeJson, silentReporter } from "./reporters.ts";
import { follow } from "./story.ts";
import type { Reporter, Story } from "./story.ts";

export interface WatchOptions extends WireOptions {
  readonly json: boolean;
  readonly cancelOnInterrupt: boolean;
}

export interface SubmitOptions extends WatchOptions {
  readonly payload: string;
  readonly watch: boolean;
  readonly count?: number;
  readonly id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export async function runSubmit(action: string, options: SubmitOptions): Promise<void> {
  const payload = await readPayload(options.payload, process.stdin);
  await withWire(options, async (wire) => {
    const { id, metadata, count = 1 } = options;
    const send = (index: number): RequestHandle =>
      wire.client.submit(action, payload, { id: count === 1 || id === undefined ? id : `${id}-${index + 1}`, metadata });
    const watching = options.watch || options.count !== undefined;
    const sentAtMs = systemClock.monotonic();
    const handles = Array.from({ length: count }, (_, index) => send(index));
    if (watching || !(await waits(handles, wire, options))) await watchAll(handles, wire, options, { sentAtMs, watching });
  });
}

export async function runWatch(id: string, options: WatchOptions): Promise<void> {
  await withWire(options, (wire) => watchAll([wire.client.get(id)], wire, options, { sentAtMs: undefined, watching: true }));
}

async function withWire(options: WireOptions, use: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = await openWire(options);
  try {
    await wire.connect();
    await use(wire);
  } finally {
    await wire.close();
  }
}

/** Whether the request was taken and is not done: then that is said, and no more. A short action is done when it is taken. */
async function waits([handle]: readonly RequestHandle[], wire: Wire, { json }: SubmitOptions): Promise<boolean> {
  const accepted = handle === undefined ? false : await Promise.race([wire.failed, handle.accepted().then(yes, no)]);
  if (handle === undefined || !accepted || handle.status === "completed") return false;
  const { id, correlationId } = handle;
  process.stdout.write(
    json
      ? `${JSON.stringify({ type: "accepted", request_id: id, correlation_id: correlationId })}\n`
      : `Accepted: ${id}\nWatch it: ${comeBack(id, wire)}\n`,
  );
  return true;
}

interface Watching {
  readonly sentAtMs: number | undefined;
  /** Else the end is shown, and no way to it. */
  readonly watching: boolean;
}

async function watchAll(handles: readonly RequestHandle[], wire: Wire, options: WatchOptions, { sentAtMs, watching }: Watching) {
  const reporter = reporterOf(handles.length, options.json, watching);
  const stories = await Promise.race([
    wire.failed,
    interruptible(handles, options.cancelOnInterrupt, (signal) =>
      Promise.all(
        handles.map((handle, index) => follow(handle, { index, reporter, signal, now: () => systemClock.monotonic(), sentAtMs })),
      ),
    ),
  ]);
  if (!options.json) printResults(stories, watching);
  const open = stories.filter(({ end }) => end === undefined);
  if (open.length > 0) throw new CommandError(EXIT.interrupted, leaving(open, wire));
  throwIfFailed(stories);
}

function reporterOf(stories: number, json: boolean, watching: boolean): Reporter {
  if (json) return jsonLines(process.stdout);
  if (!watching) return silentReporter;
  return process.stderr.isTTY ? liveBars(process.stderr, stories) : printedBars(process.stderr, stories);
}

/** One result as it is, laid out for reading; of several a line each, with its id. */
function printResults(stories: readonly Story[], watching: boolean): void {
  const completed = stories.flatMap(({ handle, end, durationMs }) =>
    end !== undefined && "result" in end ? [{ id: handle.id, result: end.result, durationMs }] : [],
  );
  const [first] = completed;
  if (stories.length > 1) {
    for (const { id, result } of completed) process.stdout.write(`${safeJson({ request_id: id, result })}\n`);
    const longest = Math.max(...completed.map(({ durationMs = 0 }) => durationMs));
    const took = completed.length === 0 ? "" : `, the last after ${durationInWords(longest)}`;
    process.stderr.write(`${completed.length} of ${stories.length} completed${took}.\n`);
  } else if (first !== undefined) {
    process.stdout.write(`${safeJson(first.result, 2)}\n`);
    if (!watching && first.durationMs !== undefined) process.stderr.write(`Answered in ${durationInWords(first.durationMs)}.\n`);
  }
}

function throwIfFailed(stories: readonly Story[]): void {
  const failed = stories.flatMap(({ handle, end }) => (end !== undefined && "error" in end ? [{ id: handle.id, error: end.error }] : []));
  const [first] = failed;
  if (first === undefined) return;
  const { id, error } = first;
  if (failed.length === 1 && error.code === "NOT_FOUND")
    throw new CommandError(
      EXIT.notFound,
      `There is no request ${id}, or it is somebody else's. "streamer requests list" shows those there are.`,
    );
  const others = failed.length === 1 ? "" : `\n${failed.length - 1} more did not complete.`;
  throw new CommandError(EXIT.requestFailed, `Request ${id} did not complete. ${errorInWords(error)}${others}`);
}

function leaving(open: readonly Story[], wire: Wire): string {
  const what = open.length === 1 ? "the request goes on" : `${open.length} requests go on`;
  const commands = open.map(({ handle }) => `  ${comeBack(handle.id, wire)}`);
  return `No longer watching; ${what}, as far as the server has taken it. Come back:\n${commands.join("\n")}`;
}

function comeBack(id: string, { sameTarget }: Wire): string {
  return ["streamer watch", quoted(id), sameTarget].filter((part) => part !== "").join(" ");
}

const yes = (): boolean => true;
const no = (): boolean => false;
