import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createCallFaults } from "./callFaults.ts";
import type { CallFaults } from "./callFaults.ts";
import type { ChaosEngine } from "./engine.ts";
import { firstEntrySubject, itemKey, subjectInBody } from "./identity.ts";
import { FAILED, respondWithWireError, THROTTLED } from "./wireErrors.ts";
import type { CalledService } from "./wireErrors.ts";

type ProxyFault = "call_throttled" | "call_failed" | "answer_lost";

export interface FaultyProxy {
  /** For the SDK's `endpoint`, in place of the target's. */
  readonly endpoint: string;
  /** Cuts what is under way and resolves when nothing is served. */
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
/** Longer than SDK clients keep idle sockets, so that none is closed under a call by accident. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** They belong to one connection, not to the message. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "expect", "upgrade", "proxy-connection", "te", "trailer"]);

/**
 * Stands between SDK clients and an engine. A call without `amz-sdk-invocation-id` is none of an SDK client's, such as a browser's by a
 * presigned URL: it passes unharmed.
 *
 * @param target the engine's endpoint, without a path.
 */
export async function startFaultyProxy(target: string, engine: ChaosEngine): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const faults: CallFaults<ProxyFault> = createCallFaults(["call_throttled", "call_failed", "answer_lost"], engine);

  /** Passes the call on and gives the engine's answer. */
  const forward = async (request: IncomingMessage, body: Buffer): Promise<IncomingMessage> => {
    const headers = { ...endToEnd(request.headers), "content-length": body.length };
    const onward = httpRequest({ agent, host: hostname, port, method: request.method, path: request.url, headers });
    onward.end(body);
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    return answer;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const service = serviceOf(request);
    const verdict = verdictOf(faults, service, request, body);
    const struck = verdict?.fate.strike() === true ? verdict : undefined;
    if (struck?.kind === "call_throttled") {
      const [first, second = first] = THROTTLED[service];
      return respondWithWireError(response, service, struck.fate.dice() < 0.5 ? first : second);
    }
    if (struck?.kind === "call_failed") {
      if (struck.fate.dice() < 0.5) return respondWithWireError(response, service, FAILED[service]);
      return void request.socket.destroy();
    }
    const answer = await forward(request, body);
    if (struck !== undefined) {
      // Only when the engine is through with it is it certain that the call was done.
      await readAll(answer);
      return void request.socket.destroy();
    }
    response.writeHead(answer.statusCode ?? 500, endToEnd(answer.headers));
    answer.pipe(response);
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }, (request, response) => {
    // An engine or a client that is gone: the other side is to see the same.
    serve(request, response).catch(() => request.socket.destroy());
  });
  server.listen({ host: HOST, port: 0 });
  await once(server, "listening");
  // A server on host and port has an address object, never a pipe's name.
  const address = server.address() as AddressInfo;
  return {
    endpoint: `http://${HOST}:${address.port}`,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function verdictOf(faults: CallFaults<ProxyFault>, service: CalledService, request: IncomingMessage, body: Buffer) {
  const invocationId = request.headers["amz-sdk-invocation-id"];
  if (typeof invocationId !== "string") return undefined;
  return faults.next(invocationId, callKey(service, request, body));
}

/** SDK clients of the JSON protocols name service and operation in a header; S3's do not. */
function serviceOf({ headers }: IncomingMessage): CalledService {
  const target = String(headers["x-amz-target"] ?? "");
  if (target.startsWith("DynamoDB_")) return "dynamodb";
  if (target.startsWith("AmazonSQS.")) return "sqs";
  return target.startsWith("AWSEvents.") ? "events" : "s3";
}

/** Service, operation and what it is about. Of a URL the path only: its query may hold a signature. */
function callKey(service: CalledService, { headers, method, url = "" }: IncomingMessage, body: Buffer): string {
  if (service === "s3") return `s3 ${method} ${url.split("?", 1)[0]}`;
  const operation = String(headers["x-amz-target"]).split(".").at(-1);
  const text = body.toString();
  const subjectOf: Readonly<Record<Exclude<CalledService, "s3">, () => string | undefined>> = {
    dynamodb: () => itemKey(text),
    events: () => firstEntrySubject(text),
    sqs: () => sqsSubject(text),
  };
  return `${service} ${operation} ${subjectOf[service]() ?? ""}`.trimEnd();
}

function sqsSubject(text: string): string | undefined {
  const { QueueUrl: url, MessageBody: body } = JSON.parse(text) as { readonly QueueUrl?: string; readonly MessageBody?: string };
  return subjectInBody(body) ?? url?.split("/").at(-1);
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
