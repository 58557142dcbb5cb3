import type { AnyStreamerError } from "@streamer/client";

/** An error in words for the person at the page. It is told by its code, never by its text. */
export function explain(error: AnyStreamerError): string {
  switch (error.code) {
    case "VALIDATION_ERROR":
      return `This report cannot be made: ${issuesOf(error).join("; ")}.`;
    case "CANCELLED":
      return "The report was cancelled.";
    case "TIMEOUT":
      return "The report took too long. Choose fewer months.";
    case "PROCESSING_FAILED":
    case "WORKER_LOST":
      return "The report failed three times. Try again later.";
    case "NOT_FOUND":
      return "There is no such report. Reports are kept for a week.";
    default:
      return `${error.message} (${error.code})`;
  }
}

/** `to must not be before the first month`: what the server's schema has against the input. */
function issuesOf({ details }: AnyStreamerError): readonly string[] {
  const issues = Array.isArray(details?.["issues"]) ? (details["issues"] as { path: string; message: string }[]) : [];
  return issues.map(({ path, message }) => `"${path}" ${message}`);
}
