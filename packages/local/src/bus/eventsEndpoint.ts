import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { EventBus, EntryResult } from "./eventBus.ts";
import { BusValidationError } from "./eventEntry.ts";

/** Answers a request that is for EventBridge and says so with `true`; leaves any other alone. */
export type EventsHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export interface EventsEndpoint {
  /** For the SDK's `endpoint` option. */
  readonly endpoint: string;
  /** Stops listening and drops idle connections. The bus stays open. */
  close(): Promise<void>;
}

export interface EventsEndpointOptions {
  readonly bus: EventBus;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
}

const TARGET_PREFIX = "AWSEvents.";
const CONTENT_TYPE = "application/x-amz-json-1.1";
/** More than PutEvents takes with all its JSON around: what lies above is no request of an SDK. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** An error in the form that SDK clients turn into an exception of that name. */
class ServiceError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/**
 * Speaks the JSON protocol of EventBridge for PutEvents, so that `@aws-sdk/client-eventbridge` works with `endpoint` set.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function createEventsHandler(bus: EventBus): EventsHandler {
  return async (request, response) => {
    const operation = request.headers["x-amz-target"];
    if (typeof operation !== "string" || !operation.startsWith(TARGET_PREFIX)) return false;
    try {
      if (operation !== `${TARGET_PREFIX}PutEvents`) {
        throw new ServiceError("UnknownOperationException", `The local bus knows PutEvents only, not ${operation}.`);
      }
      const result = await bus.putEvents(readEntries(await readBody(request)));
      send(response, 200, { FailedEntryCount: result.failedCount, Entries: result.entries.map(toWire) });
    } catch (error) {
      const { name, message, status } = toServiceError(error);
      send(response, status, { __type: name, message }, name);
    }
    return true;
  };
}

/** Serves a bus on a port of its own. Rejects when the port is taken. */
export async function startEventsEndpoint({ bus, host = "127.0.0.1", port = 0 }: EventsEndpointOptions): Promise<EventsEndpoint> {
  const handle = createEventsHandler(bus);
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await handle(request, response)) return;
    send(response, 404, { __type: "UnknownOperationException", message: "This endpoint speaks EventBridge's JSON protocol only." });
  }
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    endpoint: `http://${host.includes(":") ? `[${host}]` : host}:${boundPort}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeIdleConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES)
      throw new ServiceError("RequestEntityTooLargeException", `The request is over ${MAX_BODY_BYTES} bytes.`, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function readEntries(body: string): readonly PutEventsRequestEntry[] {
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    throw new ServiceError("SerializationException", "The request body is not JSON.");
  }
  const entries = isRecord(input) ? input["Entries"] : undefined;
  if (!Array.isArray(entries)) throw new ServiceError("ValidationException", "Entries must be an array.");
  return entries.map(readEntry);
}

function readEntry(raw: unknown): PutEventsRequestEntry {
  if (!isRecord(raw)) throw new ServiceError("SerializationException", "Each entry must be an object.");
  const text = (field: string): string | undefined => {
    const value = raw[field] ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    throw new ServiceError("SerializationException", `${field} must be a string.`);
  };
  const { Time: time, Resources: resources } = raw;
  return {
    Source: text("Source"),
    DetailType: text("DetailType"),
    Detail: text("Detail"),
    EventBusName: text("EventBusName"),
    Time: time === undefined || time === null ? undefined : readTime(time),
    Resources: Array.isArray(resources) ? resources.map(String) : undefined,
  };
}

function readTime(seconds: unknown): Date {
  const time = new Date(typeof seconds === "number" ? seconds * 1000 : Number.NaN);
  if (Number.isNaN(time.getTime())) throw new ServiceError("SerializationException", "Time must be a number of seconds since 1970.");
  return time;
}

function toWire(entry: EntryResult): object {
  return "eventId" in entry ? { EventId: entry.eventId } : { ErrorCode: entry.errorCode, ErrorMessage: entry.errorMessage };
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof BusValidationError) return new ServiceError(error.name, error.message);
  return new ServiceError("InternalException", "The local event bus failed.", 500);
}

function send(response: ServerResponse, status: number, body: object, errorType?: string): void {
  response.writeHead(status, { "content-type": CONTENT_TYPE, ...(errorType === undefined ? {} : { "x-amzn-errortype": errorType }) });
  response.end(JSON.stringify(body));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
