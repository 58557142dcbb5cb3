import { Console } from "node:console";
import { Writable } from "node:stream";
import { Logger } from "@aws-lambda-powertools/logger";
import { withoutContents } from "../observability/loggedError.ts";

/** A real logger whose lines can be read, as the log would hold them. Nothing is printed. */
export interface RecordedLogger {
  readonly logger: Logger;
  readonly lines: readonly string[];
  /** The lines' fields, those with this message only when one is given. */
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
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
        .filter((entry) => message === undefined || entry["message"] === message),
  };
}
