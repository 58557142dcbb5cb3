import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { createProcessor, RetryableError, TerminalError } from "@streamer/server";
import type { ProcessorContext } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { work } from "./action.ts";
import type { EffectLine, WorkOutput } from "./behaviour.ts";

/** Longer than the lease of the action. */
const STALL_MS = 1_300;
const EFFECT_MS = 15;

async function run({ input, tenantId, requestId, attempt, progress, once, signal }: ProcessorContext<typeof work>): Promise<WorkOutput> {
  const handlerRun = randomUUID();
  // At once and in one write: a line is whole or not there, and it is there before whatever comes next.
  const append = (event: EffectLine["event"], key?: string): void => {
    const line: EffectLine = {
      tenant: tenantId,
      request_id: requestId,
      attempt,
      run: handlerRun,
      event,
      at: Date.now(),
      ...(key === undefined ? {} : { key }),
    };
    appendFileSync(input.log, `${JSON.stringify(line)}\n`);
  };

  append("start");
  for (let step = 0; step < input.steps; step += 1) {
    await delay(input.stepMs, undefined, { signal });
    progress(Math.floor((100 * step) / input.steps), `${input.mark} step ${step}`);
    if (step < input.effects) {
      const key = `effect_${step}`;
      await once(key, async () => {
        append("effect_begins", key);
        await delay(EFFECT_MS);
        append("effect_ends", key);
        return key;
      });
      append("resolved", key);
    }
    if (step === Math.floor(input.steps / 2) && attempt <= input.failingAttempts) await goWrong(input.failure, signal);
  }
  append("end");
  return { mark: input.mark, attempt, filling: "x".repeat(input.resultBytes) };
}

async function goWrong(failure: WorkFailure, signal: AbortSignal): Promise<void> {
  switch (failure) {
    case "none":
      return;
    case "retryable":
      throw new RetryableError("Try again.", { retryAfter: "100 milliseconds" });
    case "throw":
      throw new Error("Something went wrong.");
    case "terminal":
      throw new TerminalError("Never again.");
    case "hang":
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
      return;
    case "stall": {
      const until = performance.now() + STALL_MS;
      while (performance.now() < until);
    }
  }
}

type WorkFailure = ProcessorContext<typeof work>["input"]["failure"];

export const handler = createProcessor(work, run, processorDeps());
