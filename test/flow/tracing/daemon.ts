import { createSocket } from "node:dgram";

/** A segment as it is sent to X-Ray. @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
export interface SegmentDocument {
  readonly id: string;
  readonly trace_id: string;
  readonly parent_id: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
  readonly aws?: { readonly operation?: string; readonly table_name?: string; readonly bucket_name?: string };
  readonly http?: { readonly response?: { readonly status?: number } };
  readonly error?: boolean;
  readonly fault?: boolean;
  readonly subsegments?: readonly SegmentDocument[];
}

/** X-Ray's daemon, as far as functions see it: a UDP port that takes segments. */
export interface Daemon {
  readonly address: string;
  /** Every segment so far, those that came within others too. */
  readonly segments: readonly SegmentDocument[];
  /** Every datagram, as it came. */
  readonly datagrams: readonly string[];
  stop(): Promise<void>;
}

/** The line before each document. */
const HEADER = '{"format":"json","version":1}\n';

export async function startDaemon(): Promise<Daemon> {
  const socket = createSocket("udp4");
  const datagrams: string[] = [];
  const segments: SegmentDocument[] = [];
  const keep = (segment: SegmentDocument, parent?: SegmentDocument): void => {
    const kept = parent === undefined ? segment : { ...segment, trace_id: parent.trace_id, parent_id: parent.id };
    segments.push(kept);
    for (const child of segment.subsegments ?? []) keep(child, kept);
  };
  socket.on("message", (data) => {
    const text = data.toString("utf8");
    datagrams.push(text);
    if (!text.startsWith(HEADER)) throw new Error(`A datagram does not begin as X-Ray's daemon expects: ${text}`);
    keep(JSON.parse(text.slice(HEADER.length)) as SegmentDocument);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    segments,
    datagrams,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
