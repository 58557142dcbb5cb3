import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What AWS answers to one operation; a function sees the request's body and path. `undefined`: there is no such thing (404). */
export type FakeAnswer = Answer | ((input: Readonly<Record<string, unknown>>, path: string) => Answer);
type Answer = object | undefined;

export interface FakeAws {
  /** For the SDK's environment variable `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** Names of the operations that were called. */
  readonly called: ReadonlySet<string>;
  close(): Promise<void>;
}

/** An error of a service, by its name. */
export class FakeError {
  readonly name: string;
  readonly status: number;

  constructor(name: string, status = 400) {
    this.name = name;
    this.status = status;
  }
}

/** REST operations by method and path; the others name themselves in a header. */
const REST: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ["GET", /^\/v1\/pipes\/[^/]+$/, "DescribePipe"],
  ["GET", /^\/2015-03-31\/functions\/?$/, "ListFunctions"],
  ["GET", /^\/2015-03-31\/functions\/[^/]+\/configuration$/, "GetFunctionConfiguration"],
  ["GET", /^\/2015-03-31\/event-source-mappings\/?$/, "ListEventSourceMappings"],
];

/** AWS as the real SDK clients call it: the wire of each service, with answers from a table. An operation that is not in it is refused. */
export async function startFakeAws(answers: () => Readonly<Record<string, FakeAnswer>>): Promise<FakeAws> {
  const called = new Set<string>();
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const body = await text(request);
    const operation = operationOf(request);
    called.add(operation);
    const table = answers();
    const given = Object.hasOwn(table, operation) ? table[operation] : new FakeError("AccessDeniedException");
    const input = (body === "" ? {} : JSON.parse(body)) as Readonly<Record<string, unknown>>;
    return typeof given === "function" ? given(input, decodeURIComponent(request.url ?? "")) : given;
  };
  const server = createServer((request, response) => {
    void answer(request).then((given) => send(response, given ?? new FakeError("NotFoundException", 404)));
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    called,
    async close() {
      await new Promise((closed) => server.close(closed).closeAllConnections());
    },
  };
}

function send(response: ServerResponse, given: object): void {
  const type = { "content-type": "application/x-amz-json-1.0" };
  if (given instanceof FakeError) {
    response.writeHead(given.status, { ...type, "x-amzn-errortype": given.name });
    response.end(JSON.stringify({ __type: given.name, message: given.name }));
  } else {
    response.writeHead(200, type).end(JSON.stringify(given));
  }
}

function operationOf(request: IncomingMessage): string {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1) ?? "";
  const path = (request.url ?? "").split("?")[0] ?? "";
  return REST.find(([method, pattern]) => method === request.method && pattern.test(path))?.[2] ?? `${request.method} ${path}`;
}
