import { REQUEST_STATUSES } from "@streamer/protocol";
import { decodeKeyPart } from "@streamer/server";
import * as v from "valibot";
import type { RequestRow } from "../console/contract.ts";
import type { JsonImage } from "../pipe/pipeRecord.ts";

const text = v.pipe(
  v.object({ S: v.string() }),
  v.transform(({ S }) => S),
);
const number = v.pipe(
  v.object({ N: v.string() }),
  v.transform(({ N }) => Number(N)),
);

/** What is looked at of a request's item in the stream: its payload and its result are not. */
const image = v.object({
  __edb_e__: v.pipe(text, v.literal("async_request")),
  tenant_id: text,
  request_id: text,
  user_id: text,
  action: text,
  status: v.pipe(text, v.picklist(REQUEST_STATUSES)),
  attempt: number,
  created_at: number,
  started_at: v.optional(number),
  ended_at: v.optional(number),
  retry_at: v.optional(number),
  last_progress: v.optional(number),
  last_message: v.optional(text),
  error: v.optional(text),
});

const updateImage = v.object({
  __edb_e__: v.pipe(text, v.literal("request_update")),
  tenant_id: text,
  request_id: text,
  body: text,
});
const updateBody = v.object({ type: v.string(), attempt: v.number(), percentage: v.optional(v.number()) });
const errorBody = v.object({ code: v.string() });

/** The row of a request's image; `undefined` of any other item's. */
export function readRequest(of: JsonImage | undefined): RequestRow | undefined {
  const read = v.safeParse(image, of);
  if (!read.success) return undefined;
  const { output: item } = read;
  const code = codeOf(item.error);
  return {
    tenantId: decodeKeyPart(item.tenant_id),
    requestId: item.request_id,
    userId: decodeKeyPart(item.user_id),
    action: item.action,
    status: item.status,
    attempt: item.attempt,
    createdAt: item.created_at,
    ...(item.started_at === undefined ? {} : { startedAt: item.started_at }),
    ...(item.ended_at === undefined ? {} : { endedAt: item.ended_at }),
    ...(item.retry_at === undefined ? {} : { retryAt: item.retry_at }),
    ...(item.last_progress === undefined ? {} : { percentage: item.last_progress }),
    ...(item.last_message === undefined ? {} : { message: item.last_message }),
    ...(code === undefined ? {} : { errorCode: code }),
  };
}

export interface ReadUpdate {
  readonly tenantId: string;
  readonly requestId: string;
  readonly attempt: number;
  /** Such as `progress 30 %`: of what it says nothing more. */
  readonly what: string;
}

/** A stored update; `undefined` of any other item's image. */
export function readUpdate(of: JsonImage | undefined): ReadUpdate | undefined {
  const read = v.safeParse(updateImage, of);
  const body = read.success ? v.safeParse(updateBody, parse(read.output.body)) : undefined;
  if (!read.success || body?.success !== true) return undefined;
  const { type, attempt, percentage } = body.output;
  return {
    tenantId: decodeKeyPart(read.output.tenant_id),
    requestId: read.output.request_id,
    attempt,
    what: percentage === undefined ? type : `${type} ${percentage} %`,
  };
}

function codeOf(error: string | undefined): string | undefined {
  const read = v.safeParse(errorBody, parse(error));
  return read.success ? read.output.code : undefined;
}

/** `undefined` for what is no JSON. */
export function parse(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? "null") as unknown;
  } catch {
    return undefined;
  }
}
