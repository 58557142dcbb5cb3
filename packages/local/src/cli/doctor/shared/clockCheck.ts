import type { Clock } from "@streamer/protocol";
import { fail, ok, warn } from "../finding.ts";
import type { Check } from "../finding.ts";
import { inWords } from "./inWords.ts";

/** What the verifier of tokens allows, and the second that an HTTP date may be off. */
const TOKENS_MAY_DIFFER_MS = 5_000 + 1_000;
/** Beyond it AWS refuses signed calls. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
const AWS_MAY_DIFFER_MS = 5 * 60_000;
/** HTTP dates are cut to the second: on average half of one is lost. */
const HALF_A_SECOND_MS = 500;

/**
 * This machine's clock against the other side's: tokens that are made here, and calls that are signed here, are judged by theirs.
 *
 * @param readDate the `Date` header of any answer.
 */
export function clockCheck(readDate: (signal: AbortSignal) => Promise<string | undefined>, clock: Clock, advice: string): Check {
  return {
    name: "clock",
    advice,
    async run(signal) {
      const before = clock.now();
      const date = await readDate(signal);
      const here = (before + clock.now()) / 2;
      const there = Date.parse(date ?? "");
      if (Number.isNaN(there))
        return warn("clock", "the answer had no date to compare with", "Compare this machine's time with a time server.");
      const differenceMs = here - (there + HALF_A_SECOND_MS);
      const size = Math.abs(differenceMs);
      const seen = `this machine is ${inWords(size)} ${differenceMs > 0 ? "ahead" : "behind"}`;
      if (size <= TOKENS_MAY_DIFFER_MS) return ok("clock", `within ${inWords(Math.max(size, 1_000))} of the system's`);
      const setIt = "Set this machine's time by a time server (NTP).";
      if (size <= AWS_MAY_DIFFER_MS)
        return warn("clock", seen, `Tokens that are made here may be refused as expired or not yet valid. ${setIt}`);
      return fail("clock", seen, `AWS refuses calls that are signed here, and tokens that are made here. ${setIt}`);
    },
  };
}

/** The date of whatever answers at a URL, also when it answers with an error. */
export async function dateOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(url, { method: "HEAD", signal, redirect: "manual" });
  await response.body?.cancel();
  return response.headers.get("date") ?? undefined;
}
