import { parse } from "@streamer/protocol";
import type { Action, InputOf } from "@streamer/protocol";
import { createLogger } from "@streamer/server";
import type { ProcessorContext } from "@streamer/server";

export interface Recorded<A extends Action> {
  readonly context: ProcessorContext<A>;
  /** What the work reported, in order. */
  readonly reports: readonly { readonly percentage: number; readonly message: string; readonly metadata: unknown }[];
  readonly files: readonly { readonly name: string; readonly text: string; readonly contentType: string }[];
}

/** What a processor gives its work, recording what the work does with it. */
export async function recordContext<A extends Action>(
  action: A,
  payload: InputOf<A>,
  overrides: Partial<ProcessorContext<A>> = {},
): Promise<Recorded<A>> {
  const reports: Recorded<A>["reports"][number][] = [];
  const files: Recorded<A>["files"][number][] = [];
  const context: ProcessorContext<A> = {
    input: (await parse(action.input, payload)) as ProcessorContext<A>["input"],
    requestId: "r1",
    tenantId: "t1",
    userId: "u1",
    attempt: 1,
    metadata: {},
    correlationId: crypto.randomUUID(),
    traceparent: undefined,
    progress: (percentage, message, metadata) => void reports.push({ percentage, message, metadata }),
    emit: async () => undefined,
    publish: async () => undefined,
    flush: async () => undefined,
    once: (_, work) => work("key"),
    putFile: async (name, body, contentType) => {
      files.push({ name, text: Buffer.from(body).toString(), contentType });
      return `reference:${name}`;
    },
    file: (name) => `reference:${name}`,
    signal: new AbortController().signal,
    logger: Object.assign(createLogger("test"), { info: () => undefined }),
    ...overrides,
  };
  return { context, reports, files };
}
