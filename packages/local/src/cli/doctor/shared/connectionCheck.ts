import type { Clock } from "@streamer/protocol";
import { rootOf } from "../../explained.ts";
import { DEFAULT_CHECK_TIMEOUT_MS } from "../runChecks.ts";
import { fail, ok, skip, warn } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";
import { inWords } from "./inWords.ts";
import { openProbe, UpgradeRefusedError } from "./probe.ts";
import type { Frame, Probe } from "./probe.ts";

/** An asynchronous request to be carried to its end. */
export interface DeepRequest {
  readonly action: string;
  readonly payload: unknown;
  /** How long it may take, in ms. */
  readonly timeoutMs: number;
}

export interface ConnectionTarget {
  readonly url: string;
  readonly token: string;
}

export interface ConnectionCheckOptions {
  /** @throws {NotCheckableError} when there is no URL or no token. */
  readonly target: () => Promise<ConnectionTarget>;
  readonly deep: DeepRequest | undefined;
  readonly clock: Clock;
  readonly newId: () => string;
  /** What to do when nobody answers at the URL. */
  readonly advice: string;
}

/** What API Gateway and the connect function refuse with, and what it means. */
const REFUSALS: Readonly<Record<number, string>> = {
  401: "The token is not good: expired, by another issuer, signed by another key, or without sub, tenant_id or exp. The connect function's log says which.",
  403: "No such stage at this URL, or the origin is not allowed (STREAMER_ALLOWED_ORIGINS).",
  404: "There is no such API at this URL. sst deploy prints the right one.",
  429: "API Gateway refuses for the rate: see the throttle of the stage, and the account's quota.",
  500: "The connect function failed: see its log, and whether the table answers.",
  503: "The connect function could not have the key of tokens, or the table: see its log.",
};

/** From end to end as a client sees it: connect with a token, `echo`, `health`, and, if asked for, an asynchronous request. */
export function connectionCheck(options: ConnectionCheckOptions): Check {
  const { target, deep, clock, newId, advice } = options;
  return {
    name: "connect",
    advice,
    runbook: "gateway",
    timeoutMs: DEFAULT_CHECK_TIMEOUT_MS * 2 + (deep?.timeoutMs ?? 0),
    async run(signal) {
      const { url, token } = await target();
      const startedAt = clock.monotonic();
      let probe: Probe;
      try {
        probe = await openProbe(url, token, AbortSignal.any([signal, AbortSignal.timeout(DEFAULT_CHECK_TIMEOUT_MS)]));
      } catch (error) {
        if (error instanceof UpgradeRefusedError) return refused(error.status, advice);
        throw error;
      }
      try {
        const connected = ok("connect", `open in ${inWords(clock.monotonic() - startedAt)}`);
        const call = createCall(probe, clock, newId);
        const echo = await echoFinding(call, signal);
        // Who does not answer the simplest question is not asked another.
        if (echo.status === "fail") return [connected, echo];
        return [
          connected,
          echo,
          await healthFinding(call, signal),
          ...(deep === undefined ? [] : [await deepFinding(probe, deep, options, signal)]),
        ];
      } finally {
        await probe.close();
      }
    },
  };
}

function refused(status: number, advice: string): Finding {
  const runbook = status === 401 ? "auth-failures" : "gateway";
  return fail("connect", `the upgrade was refused with ${status}`, REFUSALS[status] ?? advice, runbook);
}

type Answer = { readonly frame: Frame; readonly tookMs: number };
type Call = (action: string, payload: unknown, signal: AbortSignal) => Promise<Answer>;

function createCall(probe: Probe, clock: Clock, newId: () => string): Call {
  return async (action, payload, signal) => {
    const startedAt = clock.monotonic();
    const late = AbortSignal.any([signal, AbortSignal.timeout(DEFAULT_CHECK_TIMEOUT_MS)]);
    const frame = await probe.ask({ id: newId(), action, payload }, () => true, late);
    return { frame, tookMs: clock.monotonic() - startedAt };
  };
}

const ROUTER_ADVICE = "The router did not answer as it should: see its log by the request's id, and whether the table answers.";

async function echoFinding(call: Call, signal: AbortSignal): Promise<Finding> {
  try {
    const { frame, tookMs } = await call("echo", { message: "streamer doctor" }, signal);
    if (frame["success"] === true) return ok("echo", `answered in ${inWords(tookMs)}`);
    const code = codeOf(frame);
    // An app need not ship this action: that the router says so is an answer.
    if (code === "INVALID_ACTION") return ok("echo", `the app has no echo; the router said so in ${inWords(tookMs)}`);
    return fail("echo", `answered with ${code}`, ROUTER_ADVICE, "gateway");
  } catch (error) {
    return fail("echo", error instanceof Error ? rootOf(error) : String(error), ROUTER_ADVICE, "gateway");
  }
}

async function healthFinding(call: Call, signal: AbortSignal): Promise<Finding> {
  try {
    const { frame } = await call("health", {}, signal);
    const code = codeOf(frame);
    if (code === "INVALID_ACTION") return skip("health", "the app has no health action");
    const data = (frame["data"] ?? {}) as { status?: unknown; version?: unknown; degraded?: unknown };
    const version = typeof data.version === "string" ? data.version : "unknown";
    if (frame["success"] === true && data.status === "ok") return ok("health", `ok, version ${version}`);
    if (frame["success"] !== true) return fail("health", `answered with ${code}`, ROUTER_ADVICE, "gateway");
    const degraded = Array.isArray(data.degraded) ? data.degraded.map(String).join(", ") : "";
    return fail(
      "health",
      `degraded: ${degraded || "it does not say what"} (version ${version})`,
      "From within the router these parts do not answer: its log says why (A health check failed). Their own rows here tell whether they do from outside.",
      "gateway",
    );
  } catch (error) {
    return fail("health", error instanceof Error ? rootOf(error) : String(error), ROUTER_ADVICE, "gateway");
  }
}

const ENDS = new Set(["complete", "cancelled", "error", "gap"]);

async function deepFinding(
  probe: Probe,
  { action, payload, timeoutMs }: DeepRequest,
  { clock, newId }: ConnectionCheckOptions,
  signal: AbortSignal,
): Promise<Finding> {
  const name = `deep: ${action}`;
  const id = newId();
  const startedAt = clock.monotonic();
  let reached = "not acknowledged";
  const onFrame = (frame: Frame): void => {
    if (frame["type"] === "acknowledgment") reached = "acknowledged, and not started";
    else if (frame["type"] === "progress" || frame["type"] === "chunk") reached = "started, and not ended";
    else if (frame["type"] === "status") reached = `${String(frame["status"])}, and not ended`;
  };
  try {
    const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const frame = await probe.ask({ id, action, payload }, isEnd, late, onFrame);
    if (frame["type"] === "complete") return ok(name, `${id} completed in ${inWords(clock.monotonic() - startedAt)}`);
    // Answered at once: the action is no asynchronous one.
    if (frame["success"] === true)
      return warn(name, "answered by the router itself", "Name an action that takes longer than the threshold: --deep <action>.");
    const code = codeOf(frame);
    const advice =
      code === "VALIDATION_ERROR" || code === "INVALID_ACTION" || code === "FORBIDDEN" ? DEEP_USAGE : `See streamer requests show ${id}.`;
    return fail(name, `${id} ended with ${code}`, advice, "requests-not-processed");
  } catch (error) {
    probe.send({ type: "cancel", request_id: id, reason: "streamer doctor gave up waiting" });
    const why = error instanceof Error && error.name !== "TimeoutError" ? `: ${error.message}` : ` within ${inWords(timeoutMs)}`;
    return fail(name, `${id} was ${reached}${why}`, DEEP_ADVICE, "requests-not-processed");
  }
}

const DEEP_USAGE = "Name an action that this token may use, and a payload that it takes: --deep <action> --payload <json>.";
const DEEP_ADVICE =
  "Acknowledged and not started: look at the rows of the stream, the pipe, the bus and the queue. Started and not ended: look at the processor's log by this id. It was cancelled.";

function isEnd(frame: Frame): boolean {
  return frame["type"] === "response" || ENDS.has(String(frame["type"]));
}

function codeOf(frame: Frame): string {
  const error = frame["error"] as { code?: unknown } | undefined;
  if (typeof error?.code === "string") return error.code;
  return typeof frame["type"] === "string" ? frame["type"] : "a frame of API Gateway's own";
}
