import { Agent, createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** An engine's endpoint that notes what is asked of it. */
export interface CountedEngine {
  readonly endpoint: string;
  /** DynamoDB's operations, in the order in which they came. Reads of the stream are not among them. */
  readonly calls: readonly string[];
  clear(): void;
  /** Resolves when nothing was asked for a second: what follows a request, as the notifier's reads, has ended too. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

const STREAM_PREFIX = "DynamoDBStreams_";
const QUIET_MS = 1_000;

/** Stands before an engine and passes on what comes, as it comes. */
export async function startCountedEngine(engineEndpoint: string): Promise<CountedEngine> {
  const calls: string[] = [];
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, answer) => {
    const target = String(incoming.headers["x-amz-target"] ?? "");
    if (target !== "" && !target.startsWith(STREAM_PREFIX)) calls.push(target.split(".").at(-1) ?? target);
    const outgoing = send(engineEndpoint, { method: incoming.method, headers: incoming.headers, path: incoming.url, agent }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    outgoing.on("error", () => answer.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    clear: () => void calls.splice(0),
    async quiet() {
      for (let before = -1; before !== calls.length;) {
        before = calls.length;
        await sleep(QUIET_MS);
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          agent.destroy();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
