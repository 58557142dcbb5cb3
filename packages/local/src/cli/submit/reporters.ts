import type { Update } from "@streamer/client";
import { barLines, frameLines } from "./bar.ts";
import type { BarView, ScreenSize } from "./bar.ts";
import { statusOf } from "./inWords.ts";
import type { Reporter, Story } from "./story.ts";

export interface Output {
  write(text: string): unknown;
}

/** A terminal, which can be written over. */
export interface Terminal extends Output {
  readonly columns?: number;
  readonly rows?: number;
}

const UNKNOWN_SIZE: ScreenSize = { columns: 80, rows: 24 };

/** Bars that move in place, below what was written before. */
export function liveBars(terminal: Terminal, stories: number): Reporter {
  const views: BarView[] = Array.from({ length: stories }, (_, index) => ({
    label: labelOf(index, stories),
    percentage: 0,
    status: "Submitting",
  }));
  let height = 0;
  const draw = (above = ""): void => {
    const lines = frameLines(views, { columns: terminal.columns ?? UNKNOWN_SIZE.columns, rows: terminal.rows ?? UNKNOWN_SIZE.rows });
    const back = height === 0 ? "" : `\u001B[${height}A`;
    terminal.write(`${back}\r\u001B[J${above}${lines.join("\n")}\n`);
    height = lines.length;
  };
  const show = (story: Story, above = ""): void => {
    views[story.index] = { ...viewOf(story, stories) };
    draw(above);
  };
  draw();
  return {
    accepted: (story) => show(story),
    update: (story, update) => show(story, chunkLines(story, update, stories)),
    changed: (story) => show(story),
    ended: (story) => show(story),
  };
}

/** The same where nothing can be written over: two lines for each step. */
export function printedBars(output: Output, stories: number): Reporter {
  const shown = new Map<number, string>();
  const show = (story: Story, above = ""): void => {
    const text = `${barLines(viewOf(story, stories)).join("\n")}\n`;
    if (shown.get(story.index) !== text || above !== "") output.write(`${above}${text}`);
    shown.set(story.index, text);
  };
  return {
    accepted: (story) => show(story),
    update: (story, update) => show(story, chunkLines(story, update, stories)),
    changed: (story) => show(story),
    ended: (story) => show(story),
  };
}

/** One line of JSON for each thing that happens. */
export function jsonLines(output: Output): Reporter {
  const statuses = new Map<number, string>();
  const write = (type: string, story: Story, fields: Readonly<Record<string, unknown>>): void => {
    output.write(`${JSON.stringify({ type, request_id: story.handle.id, ...fields })}\n`);
  };
  return {
    accepted(story) {
      write("accepted", story, { correlation_id: story.handle.correlationId });
    },
    update(story, { type, ...fields }) {
      write(type, story, fields);
    },
    changed(story) {
      const { status, attempt, retryAt } = story.handle;
      if (status === "submitting" || statuses.get(story.index) === `${status} ${attempt}`) return;
      statuses.set(story.index, `${status} ${attempt}`);
      write("status", story, { status, attempt, ...(retryAt === undefined ? {} : { retry_at: retryAt.toISOString() }) });
    },
    ended(story, end) {
      const duration = story.durationMs === undefined ? {} : { duration_ms: Math.round(story.durationMs) };
      if ("result" in end) write("completed", story, { result: end.result, ...duration });
      else write(end.error.code === "CANCELLED" ? "cancelled" : "failed", story, { error: end.error.toBody(), ...duration });
    },
  };
}

/** Tells nothing: the command does, at the end. */
export const silentReporter: Reporter = {
  accepted: () => {},
  update: () => {},
  changed: () => {},
  ended: () => {},
};

function viewOf(story: Story, stories: number): BarView {
  return { label: labelOf(story.index, stories), percentage: story.percentage, status: statusOf(story) };
}

function labelOf(index: number, stories: number): string {
  return stories === 1 ? "" : `#${index + 1} `.padStart(`#${stories} `.length);
}

/** What the work emits stands above the bars, a line for each value. */
function chunkLines(story: Story, update: Update, stories: number): string {
  if (update.type !== "chunk") return "";
  return update.data.map((value) => `${labelOf(story.index, stories)}${safeJson(value)}\n`).join("");
}

/** JSON in which nothing can command a terminal. */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent) ?? "null";
  return json.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => (char === "\n" ? char : escaped(char)));
}

/** As JSON does: by UTF-16 units. */
function escaped(char: string): string {
  return Array.from({ length: char.length }, (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}
