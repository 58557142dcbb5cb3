import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ForbiddenError, StreamerError } from "@streamer/protocol";
import { RetryableError, TerminalError } from "@streamer/server";
import type { Once } from "@streamer/server";
import type { InferOutput } from "valibot";
import type { Deed, WorkLine, workInput, workOutput } from "./schemas.ts";

interface WorkContext {
  readonly input: InferOutput<typeof workInput>;
  readonly attempt: number;
  readonly once: Once;
  readonly progress: (percentage: number, message: string) => void;
  readonly flush: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** The work of all these actions: does what its input says of its attempt, and writes down what it does. */
export async function perform(context: WorkContext): Promise<InferOutput<typeof workOutput>> {
  const { input, attempt, progress, flush, signal } = context;
  const append: Append = (event, fields = {}) =>
    // In one write, and before whatever comes next: a line is whole or not there.
    appendFileSync(input.log, `${JSON.stringify({ attempt, event, at: Date.now(), ...fields } satisfies WorkLine)}\n`);

  append("start");
  signal.addEventListener("abort", () =>
    append("stopped", { code: signal.reason instanceof StreamerError ? signal.reason.code : String(signal.reason) }),
  );
  progress(30 + 10 * attempt, `Attempt ${attempt} is at work`);
  await flush();
  await act(input.deeds[attempt - 1] ?? "works", context, append);
  append("end");
  return { attempt, filling: input.filling };
}

type Append = (event: WorkLine["event"], fields?: Pick<WorkLine, "key" | "code">) => void;

async function act(deed: Deed, context: WorkContext, append: Append): Promise<void> {
  const { once, signal } = context;
  const go = `${context.input.go}.${context.attempt}`;
  const charge = () => once("charge", async (key) => append("charge", { key }));
  switch (deed) {
    case "works":
      return;
    case "throws":
      throw new Error("The till is jammed.");
    case "asks for a second":
      throw new RetryableError("The till asks for a second.", { retryAfter: "1 second" });
    case "asks for an hour":
      throw new RetryableError("The till asks for an hour.", { retryAfter: "1 hour" });
    case "gives up":
      throw new TerminalError("The till is gone.", { details: { till: 7 } });
    case "is refused":
      throw new ForbiddenError();
    case "dies":
      return die();
    case "charges":
      return charge();
    case "charges and dies":
      await charge();
      return die();
    case "hangs":
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
      return;
    case "ignores":
      return new Promise(() => {});
    case "waits":
      while (!existsSync(go)) await sleep(20, undefined, { signal });
      return;
    case "keeps busy":
      // As work that calculates does, but leaves the processor to the other tests.
      while (!existsSync(go)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
}

/** The end of the sandbox, as by lack of memory: nothing after it runs, and nobody is told. */
function die(): never {
  process.exit(1);
}
