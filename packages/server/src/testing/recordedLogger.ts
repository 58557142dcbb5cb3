import { Console } from "node:console";
import { Writable } from "node:stream";
import { Logger } from "@aws-lambda-powertools/logger";
import { LOG_FIELDS } from "../observability/logFields.ts";
import { withoutContents } from "../observability/loggedError.ts";

/** A real logger whose lines can be read, as the log would hold them. Nothing is printed. */
export interface RecordedLogger {
  readonly logger: Logger;
  readonly lines: readonly string[];
  /**
   * The lines' fields, those with this message only when one is given.
   *
   * @throws {Error} when a line has a field that is not in the list of the log's fields.
   */
  entries(message?: string): readonly Readonly<Record<string, unknown>>[];
}

/** `asDeployed`: errors are written as a function's logger writes them. Default: with all their fields, for tests to look at. */
export function createRecordedLogger({ asDeployed = false }: { readonly asDeployed?: boolean } = {}): RecordedLogger {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const sink = new Console({ stdout: stream, stderr: stream });

  class Recorded extends Logger {
    constructor(options: ConstructorParameters<typeof Logger>[0]) {
      super(options);
      // Where it prints is private to the logger, and no option of it.
      Reflect.set(this, "console", sink);
    }
    protected override createLogger(options?: ConstructorParameters<typeof Logger>[0]): Logger {
      return new Recorded(options);
    }
  }

  return {
    logger: new Recorded({ serviceName: "test", logLevel: "INFO", ...(asDeployed ? { jsonReplacerFn: withoutContents } : {}) }),
    lines,
    entries: (message) =>
      lines
        .map((line) => listed(JSON.parse(line) as Readonly<Record<string, unknown>>))
        .filter((entry) => message === undefined || entry["message"] === message),
  };
}

function listed(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const unknown = Object.keys(entry).filter((field) => !Object.hasOwn(LOG_FIELDS, field));
  if (unknown.length === 0) return entry;
  throw new Error(`The log's line "${String(entry["message"])}" has fields that LOG_FIELDS does not list: ${unknown.join(", ")}.`);
}
