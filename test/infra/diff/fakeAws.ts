import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ACCOUNT, REGION } from "../synth/resources.ts";

export interface FakeAws {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** What was asked for that has no answer here: `<method> <path> <target>`. */
  readonly unanswered: readonly string[];
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What `sst` made in the account at its first deploy. @see version 7 of the CLI's own bootstrap */
const BOOTSTRAP = {
  version: 7,
  asset: "sst-asset-test",
  assetEcrRegistryId: ACCOUNT,
  assetEcrUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/sst-asset`,
  state: "sst-state-test",
  appsyncHttp: "test.appsync-api.example.com",
  appsyncRealtime: "test.appsync-realtime-api.example.com",
};

/** Any 32 bytes: nothing is stored that it would have to open again. */
const PASSPHRASE = Buffer.alloc(32, 7).toString("base64");

/**
 * An account that the CLI has prepared, and that no stage has been deployed to: SST's bootstrap and passphrase in SSM, an empty state bucket in
 * S3. Anything else is refused with 501 and remembered.
 */
export async function startFakeAws(): Promise<FakeAws> {
  const unanswered: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const target = request.headers["x-amz-target"];
    const found = answerTo(request, typeof target === "string" ? target : "", Buffer.concat(chunks).toString());
    if (found === undefined) unanswered.push(`${request.method} ${request.url} ${String(target ?? "")}`.trim());
    const { status, type, body } = found ?? { status: 501, type: "text/plain", body: "The stand-in for AWS has no answer to this.\n" };
    response.writeHead(status, { "content-type": type, connection: "close", etag: '"0"' }).end(body);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    unanswered,
    close: () => new Promise((resolve, reject) => server.close((error) => (error === undefined ? resolve() : reject(error)))),
  };
}

function answerTo(request: IncomingMessage, target: string, body: string): Answer | undefined {
  if (target === "AmazonSSM.GetParameter") return parameter((JSON.parse(body) as { Name: string }).Name);
  if (target !== "" || !(request.url ?? "").startsWith(`/${BOOTSTRAP.state}/`)) return undefined;
  if (request.method === "GET")
    return { status: 404, type: "application/xml", body: "<Error><Code>NoSuchKey</Code><Message>Nothing is deployed.</Message></Error>" };
  return request.method === "PUT" ? { status: 200, type: "application/xml", body: "" } : undefined;
}

function parameter(name: string): Answer | undefined {
  const value = name === "/sst/bootstrap" ? JSON.stringify(BOOTSTRAP) : name.startsWith("/sst/passphrase/") ? PASSPHRASE : undefined;
  if (value === undefined) return undefined;
  return { status: 200, type: "application/x-amz-json-1.1", body: JSON.stringify({ Parameter: { Name: name, Version: 1, Value: value } }) };
}
