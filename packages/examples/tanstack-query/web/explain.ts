import type { AnyStreamerError } from "@streamer/client";

/** An error in words for the person at the page. It is told by its code, and what the action says in its details, never by its text. */
export function explain({ code, message, details }: AnyStreamerError): string {
  switch (code) {
    case "VALIDATION_ERROR": {
      const issues = (details?.["issues"] ?? []) as readonly { readonly path: string; readonly message: string }[];
      return issues.map((issue) => `${issue.path} ${issue.message}`).join("; ");
    }
    case "PROCESSING_FAILED":
      return details?.["reason"] === "out_of_paper"
        ? `There is paper for ${String(details["available"])} large photos.`
        : "The printer failed. Try again later.";
    case "CANCELLED":
      return "The order was cancelled.";
    default:
      return `${message} (${code})`;
  }
}
