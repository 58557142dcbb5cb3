import { isOwnMark, marksIn, nameOf, parseFrame, violation } from "./history.ts";
import type { Frame, History, RequestKey, Transcript, Violation } from "./history.ts";

/** What the answers say: one acknowledgment of a new request, nothing of anyone else's. */
export function checkReplies(history: History): readonly Violation[] {
  return [...checkAcknowledgments(history), ...history.transcripts.flatMap((transcript) => checkPrivacy(transcript, history))];
}

/** One frame may say that a request is new; every other acknowledgment of it says duplicate. */
function checkAcknowledgments({ transcripts }: History): readonly Violation[] {
  const fresh = new Map<string, { request: RequestKey; times: number }>();
  for (const { tenant, lines } of transcripts) {
    for (const line of lines) {
      const frame = line.direction === "in" ? parseFrame(line.text) : {};
      if (frame["type"] !== "acknowledgment" || frame["duplicate"] === true) continue;
      const request = { tenant, requestId: String(frame["request_id"]) };
      const count = fresh.get(nameOf(request)) ?? { request, times: 0 };
      fresh.set(nameOf(request), { request, times: count.times + 1 });
    }
  }
  return [...fresh.values()].flatMap(({ request, times }) =>
    times > 1 ? [violation("an acknowledgment is not given twice", request, `It was acknowledged as new ${times} times.`)] : [],
  );
}

/** Codes that answer a question about a request without saying anything of it. */
const SAYS_NOTHING: ReadonlySet<unknown> = new Set([
  "NOT_FOUND",
  "DUPLICATE_REQUEST",
  "SERVICE_UNAVAILABLE",
  "INTERNAL_ERROR",
  "RATE_LIMITED",
  "UNAUTHORIZED",
]);

function checkPrivacy(transcript: Transcript, { wanted }: History): readonly Violation[] {
  const { tenant, user, audit, lines, connection } = transcript;
  const own = new Set(wanted.filter((one) => one.tenant === tenant && one.user === user).map(({ requestId }) => requestId));
  const violations: Violation[] = [];
  for (const { direction, text } of lines) {
    if (direction !== "in") continue;
    const foreign = marksIn(text).find((mark) => !isOwnMark(mark, transcript));
    if (foreign !== undefined) {
      const problem = `${tenant}/${user} was sent ${foreign}, on ${connection}: ${text.slice(0, 300)}`;
      violations.push(
        violation(
          "nobody reads another's",
          wanted.find(({ mark }) => mark === foreign),
          problem,
        ),
      );
    }
    const frame = parseFrame(text);
    const requestId = frame["request_id"];
    if (typeof requestId !== "string" || own.has(requestId) || frame["type"] === "response" || frame["type"] === "unsubscribed") continue;
    const code = codeOf(frame);
    const silent = audit ? code === "NOT_FOUND" || code === "DUPLICATE_REQUEST" : SAYS_NOTHING.has(code);
    if (!silent || frame["final"] === true) {
      const asked = { tenant, requestId };
      violations.push(
        violation("foreign requests are not found", asked, `${tenant}/${user} was answered, on ${connection}: ${text.slice(0, 300)}`),
      );
    }
  }
  return violations;
}

export function codeOf(frame: Frame): unknown {
  const error = frame["error"];
  return frame["type"] === "error" && typeof error === "object" && error !== null ? (error as Frame)["code"] : undefined;
}
