import { eventually } from "../../support/eventually.ts";
import type { TestStack } from "../../support/localStack.ts";
import { connectWire } from "../../support/wireClient.ts";
import type { Frame } from "../../support/wireClient.ts";
import type { Daemon, SegmentDocument } from "./daemon.ts";

export interface FlowOptions {
  /** What the request is sent with. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface RecordedFlow {
  readonly segments: readonly SegmentDocument[];
  /** All that the client got of its request. */
  readonly frames: readonly Frame[];
}

/** A complete connection flow (S-211): connect, a report with its progress and result, disconnect. Gives what each function traced of it. */
export async function recordFlow(stack: TestStack, daemon: Daemon, { metadata }: FlowOptions = {}): Promise<RecordedFlow> {
  const client = await connectWire(stack.websocketUrl, await stack.token({ user: "ada" }));
  const payload = { start_date: "2024-01-01", end_date: "2024-01-31", format: "csv" };
  client.send({ id: "report", action: "generate_report", payload, ...(metadata === undefined ? {} : { metadata }) });
  const frames = await client.untilEnd("report");
  await client.close();
  const last = ["connect", "message", "process", "notify", "disconnect"];
  const arrived = async (): Promise<true | undefined> =>
    last.every((name) => daemon.segments.some((segment) => segment.name === name)) ? true : undefined;
  await eventually(arrived, `segments of ${last.join(", ")}`);
  return { segments: daemon.segments, frames };
}
