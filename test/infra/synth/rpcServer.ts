import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import type { SynthBuild } from "./resources.ts";
import { ACCOUNT, REGION } from "./resources.ts";

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

export interface RpcServer {
  readonly url: string;
  readonly builds: readonly SynthBuild[];
  /** Lets the process end. */
  unref(): void;
}

/** Stands in for the CLI, which SST's components ask to bundle functions and for what the account was set up with. */
export async function startRpcServer(root: string, workDir: string): Promise<RpcServer> {
  const builds: SynthBuild[] = [];

  /** Bundles nothing: a handler must exist, as for the CLI, and stands in the archive as an empty module. */
  const build = async (args: SynthBuild): Promise<object> => {
    builds.push({ functionID: args.functionID, handler: args.handler, properties: args.properties, links: args.links });
    const stem = args.handler.slice(0, -extname(args.handler).length);
    if (!EXTENSIONS.some((extension) => existsSync(join(root, stem + extension))))
      return { errors: [`Handler not found: ${args.handler}`] };
    const out = join(workDir, "artifacts", `${args.functionID}-src`);
    const file = join(out, `${stem}.mjs`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "// a stand-in for the bundle\n");
    return { handler: args.handler, out, errors: [], sourcemaps: [] };
  };

  const call = async (method: string, args: unknown): Promise<object> => {
    switch (method) {
      case "Provider.Aws.Bootstrap":
        return {
          asset: "sst-asset-test",
          assetEcrRegistryId: ACCOUNT,
          assetEcrUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/sst-asset`,
          state: "sst-state-test",
          appsyncHttp: "test",
          appsyncRealtime: "test",
        };
      case "Provider.Aws.Appsync":
        return { http: "test", realtime: "test" };
      case "Runtime.AddTarget":
        return {};
      case "Runtime.Build":
        return build(args as SynthBuild);
      default:
        throw new Error(`The program calls ${method} of the CLI, which has no stand-in. Add one to test/infra/synth/rpcServer.ts.`);
    }
  };

  const answer = async (request: IncomingMessage): Promise<string> => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, params } = JSON.parse(Buffer.concat(chunks).toString()) as { method: string; params: readonly unknown[] };
      return JSON.stringify({ result: await call(method, params[0]) });
    } catch (error) {
      return JSON.stringify({ error: (error as Error).message });
    }
  };
  const server = createServer((request, response) => {
    response.setHeader("connection", "close");
    void answer(request).then((text) => response.end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, builds, unref: () => server.unref() };
}
