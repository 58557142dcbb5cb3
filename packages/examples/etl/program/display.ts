import type { ActionBatch } from "@streamer/client";
import type { App } from "../functions/src/actions/index.ts";

export type ImportBatch = ActionBatch<App["importFile"]>;

const BAR_CHARS = 30;

export interface Display {
  /** Draws the end, and no more. May be called twice. */
  stop(): void;
}

export interface DisplayOptions {
  readonly out: NodeJS.WriteStream;
  /** For a terminal: drawn again in its place. Otherwise there is a line for each change of a file. */
  readonly picture: boolean;
}

/** Shows the batch while it runs. */
export function startDisplay(batch: ImportBatch, names: readonly string[], { out, picture }: DisplayOptions): Display {
  const draw = picture ? createPicture(batch, names, out) : createLog(batch, names, out);
  draw();
  const ignore = batch.onChange(draw);
  let stopped = false;
  return {
    stop() {
      if (stopped) return;
      stopped = true;
      ignore();
      draw();
    },
  };
}

function createPicture(batch: ImportBatch, names: readonly string[], out: NodeJS.WriteStream): () => void {
  const width = Math.max(...names.map((name) => name.length));
  let drawn = 0;
  return () => {
    const { items } = batch;
    // What has scrolled out of the window cannot be drawn again: where not all files fit, only those at work are shown.
    const room = out.rows - 2;
    const shown = items.length <= room ? items : items.filter(({ status }) => status === "running" || status === "retrying").slice(0, room);
    const lines = [headline(batch), ...shown.map((item) => fileLine(item, (names[item.n] ?? "").padEnd(width)))];
    // Over what was drawn before, and each line to its end.
    while (lines.length < drawn) lines.push("");
    const text = lines.map((line) => `\u001B[2K${line.slice(0, out.columns)}\n`).join("");
    out.write(drawn === 0 ? text : `\u001B[${drawn}A${text}`);
    drawn = lines.length;
  };
}

function fileLine({ status, percentage, message, error }: ImportBatch["items"][number], name: string): string {
  return `  ${name}  ${status.padEnd(10)} ${String(Math.floor(percentage)).padStart(3)} %  ${error?.code ?? message}`;
}

function createLog(batch: ImportBatch, names: readonly string[], out: NodeJS.WriteStream): () => void {
  const told: string[] = [];
  let toldStep = "";
  return () => {
    for (const { n, status } of batch.items) {
      if (status === told[n]) continue;
      told[n] = status;
      out.write(`${names[n] ?? ""}: ${status}\n`);
    }
    // A file that is loaded to its last row has not ended yet: the end is a step of its own.
    const step = batch.state.done ? "end" : `${Math.floor(batch.state.percentage / 10)}`;
    if (step !== toldStep) out.write(`${headline(batch)}\n`);
    toldStep = step;
  };
}

function headline({ state, size }: ImportBatch): string {
  const full = Math.floor((state.percentage / 100) * BAR_CHARS);
  const { completed, failed, cancelled, rejected } = state.counts;
  const not = failed + cancelled + rejected;
  const bar = `${"█".repeat(full)}${"░".repeat(BAR_CHARS - full)} ${Math.floor(state.percentage)} %`;
  return `${bar}  ${completed} of ${size} loaded${not === 0 ? "" : `, ${not} not`}${state.stale ? ", reconnecting …" : ""}`;
}
