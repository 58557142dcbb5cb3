import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { rightsOf } from "./rightsOf.ts";

export interface RecordingProxy {
  /** For the SDK's `endpoint`, in place of the engine's. */
  readonly endpoint: string;
  /** Function → the rights that its calls took. Calls that are of no function are not in it. */
  readonly used: ReadonlyMap<string, ReadonlySet<string>>;
  stop(): Promise<void>;
}

/** Stands in front of a DynamoDB engine and remembers which function of a local stack needed which right: each call says whose it is. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const used = new Map<string, Set<string>>();

  const record = ({ headers }: IncomingMessage, body: string): void => {
    const name = headers["x-amz-security-token"];
    const operation = String(headers["x-amz-target"]).split(".").at(-1);
    if (typeof name !== "string" || operation === undefined) return;
    const rights = used.get(name) ?? new Set();
    used.set(name, rights);
    for (const right of rightsOf(operation, JSON.parse(body) as Readonly<Record<string, unknown>>)) rights.add(right);
  };

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const serve = async (): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      record(request, body.toString());
      const onward = httpRequest({ agent, host: hostname, port, method: request.method, path: request.url, headers: request.headers });
      onward.end(body);
      const [answer] = (await once(onward, "response")) as [IncomingMessage];
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    };
    serve().catch(() => request.socket.destroy());
  });
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  // A server on host and port has an address object, never a pipe's name.
  const address = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    used,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
