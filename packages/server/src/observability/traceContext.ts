import { TRACEPARENT_PATTERN } from "@streamer/protocol";

/** `Root=1-<8 digits>-<24 digits>;Parent=<16 digits>;Sampled=1`: Lambda's `_X_AMZN_TRACE_ID`. */
const XRAY_ROOT = /(?:^|;)Root=1-([\da-f]{8})-([\da-f]{24})(?:;|$)/;
const XRAY_PARENT = /(?:^|;)Parent=([\da-f]{16})(?:;|$)/;

/**
 * The W3C trace context of an invocation: that of its X-Ray header, so that both name one trace; else a new one, which nobody samples.
 *
 * @param xrayHeader Lambda's environment variable `_X_AMZN_TRACE_ID`, which is another one in each invocation.
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function newTraceparent(xrayHeader: string | undefined, random: (bytes: number) => string = randomHex): string {
  const [, seconds, rest] = XRAY_ROOT.exec(xrayHeader ?? "") ?? [];
  const [, parent = random(8)] = XRAY_PARENT.exec(xrayHeader ?? "") ?? [];
  const sampled = /(?:^|;)Sampled=1(?:;|$)/.test(xrayHeader ?? "");
  const trace = seconds === undefined || rest === undefined ? random(16) : `${seconds}${rest}`;
  const made = `00-${trace}-${parent}-${sampled ? "01" : "00"}`;
  // All zeros is what W3C calls invalid, and X-Ray may give it.
  return TRACEPARENT_PATTERN.test(made) ? made : `00-${random(16)}-${random(8)}-00`;
}

/** The trace that a `traceparent` names; `undefined` for none, and for one that is not well formed. */
export function traceIdOf(traceparent: string | null | undefined): string | undefined {
  return typeof traceparent === "string" && TRACEPARENT_PATTERN.test(traceparent) ? traceparent.slice(3, 35) : undefined;
}

function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
