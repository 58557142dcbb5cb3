import type { Action, CompleteMessage, OutcomeMessage, OutputOf, StatusMessage } from "@streamer/protocol";
import { insertTexts } from "@streamer/protocol";
import { outcomeMessage } from "../../connection/outcome.ts";
import type { Outcome } from "../../connection/outcome.ts";
import type { AttemptEnd } from "../../processor/attempt.ts";
import { decideRetry } from "../../processor/decideRetry.ts";
import type { StoredRequest } from "../../table/storedRequest.ts";
import type { FakeFiles } from "../fakeFiles.ts";

/** How an attempt ended. `message` is what a client that watches is told. */
export type ProcessorEnd<A extends Action> =
  | { readonly status: "completed"; readonly data: OutputOf<A>; readonly message: OutcomeMessage }
  /** Another attempt follows. `error` is what the work threw, or why it was stopped. */
  | { readonly status: "retrying"; readonly error: unknown; readonly retryAfterMs: number; readonly message: StatusMessage }
  /** No attempt follows. `error` as above; its client sees `message.error`. */
  | { readonly status: "failed"; readonly error: unknown; readonly message: Extract<OutcomeMessage, { type: "error" }> }
  | { readonly status: "cancelled"; readonly reason: string | undefined; readonly message: OutcomeMessage };

export interface EndDeps {
  readonly action: Action;
  readonly request: StoredRequest;
  readonly files: FakeFiles;
  readonly lastSequence: number;
  readonly now: number;
}

/** Decides as the processor does what follows from the end of an attempt. Delays are without jitter. */
export async function endOf<A extends Action>(end: AttemptEnd, deps: EndDeps): Promise<ProcessorEnd<A>> {
  const { action, request, now } = deps;
  const told = async (outcome: Outcome): Promise<OutcomeMessage> => ({
    ...(await outcomeMessage(request.requestId, outcome, now, deps.files)),
    last_sequence: deps.lastSequence,
  });
  switch (end.kind) {
    case "completed": {
      const message = (await told({ status: "completed", result: end.result })) as CompleteMessage;
      return { status: "completed", data: (await dataOf(message, end.result, deps.files)) as OutputOf<A>, message };
    }
    case "failed": {
      const retry = decideRetry(end.cause, request, action.retry, { now, random: () => 0.5 });
      if (retry === undefined) {
        const message = (await told({ status: "failed", failure: end.failure })) as Extract<OutcomeMessage, { type: "error" }>;
        return { status: "failed", error: end.cause, message };
      }
      const { requestId: request_id, attempt } = request;
      const message = { type: "status", request_id, status: "retrying", attempt, retry_at: Math.ceil(retry.at / 1000) } as const;
      return { status: "retrying", error: end.cause, retryAfterMs: retry.at - now, message };
    }
    case "cancelled":
      return { status: "cancelled", reason: end.reason, message: await told({ status: "cancelled", reason: end.reason }) };
    case "lost":
      throw new Error("A lease was lost, and there is none.");
  }
}

/** The result as a client gets it, also one that no message holds. */
async function dataOf(
  { result }: CompleteMessage,
  stored: Extract<AttemptEnd, { kind: "completed" }>["result"],
  files: FakeFiles,
): Promise<unknown> {
  if ("data" in result) return result.data;
  const body = "key" in stored ? await files.get(stored.key) : undefined;
  return insertTexts(JSON.parse(new TextDecoder().decode(body)), result.reference.files ?? {});
}
