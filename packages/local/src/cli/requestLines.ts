import { styleText } from "node:util";
import { printable } from "./columns.ts";
import { durationInWords } from "./durationInWords.ts";
import type { RequestChange } from "../hops/index.ts";

type Status = RequestChange["status"];
type Colour = "green" | "red" | "yellow" | "gray";

/** Paints a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

/** On a terminal in colours, unless `NO_COLOR` is set. */
export const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (colour, text) =>
    styleText(colour, text, { stream });

const COLOURS: Readonly<Record<Status, Colour>> = {
  completed: "green",
  failed: "red",
  refused: "red",
  retrying: "yellow",
  cancelled: "gray",
  pending: "gray",
};

/**
 * One line for a request that ended or changed, in 80 columns: time (UTC), status, action, user, the end of the id, duration, attempts, code.
 */
export function requestLine(change: RequestChange, paint: Paint): string {
  const { at, status, action, userId = "", requestId, durationMs, attempts, code } = change;
  const time = new Date(at).toISOString().slice(11, 19);
  const took = durationMs === undefined ? "" : durationInWords(durationMs);
  const rest = [attempts > 1 ? `${attempts} attempts` : "", printable(code ?? "")].filter((part) => part !== "").join("  ");
  const fields = [fitted(action, 18), fitted(userId, 10), fitted(tail(requestId, 8), 8), took.padStart(8), rest];
  return `${paint("gray", time)}  ${paint(COLOURS[status], status.padEnd(9))}  ${fields.join("  ")}`.trimEnd();
}

/** Of ids the end tells them apart: an item's number in its batch stands there. */
function tail(id: string, width: number): string {
  return id.length <= width ? id : `…${id.slice(1 - width)}`;
}

function fitted(text: string, width: number): string {
  const shown = printable(text);
  return (shown.length <= width ? shown : `${shown.slice(0, width - 1)}…`).padEnd(width);
}
