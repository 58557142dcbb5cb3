import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "./bundleConfig.ts";
import { attributesOf, callFunction } from "./mocks.ts";
import { loadPulumi, plain } from "./pulumi.ts";
import { REGION } from "./resources.ts";
import type { ChildOptions, SynthResource, SynthResult } from "./resources.ts";
import { startRpcServer } from "./rpcServer.ts";

/**
 * Evaluates one stage of an app the way SST's CLI does, with Pulumi's mocks in place of its engine and a stand-in for the CLI. A process
 * of its own for each: SST keeps what it has seen in its modules.
 */
const options = JSON.parse(process.env["SYNTH_OPTIONS"] ?? "{}") as ChildOptions;
const { root, stage, dev, platform } = options;
const configFile = join(root, options.config);

process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);
await main().catch(fail);

async function main(): Promise<void> {
  const { pulumi, MockMonitor } = loadPulumi(platform);
  // As the CLI: first what app() says, then run() with it.
  const app = (await evaluate({
    root,
    platform,
    code: `import config from ${JSON.stringify(configFile)}; export default await config.app({ stage: ${JSON.stringify(stage)} });`,
    define: { $config: "$identity" },
    banner: "const $identity = (config) => config;",
  })) as {
    readonly name: string;
    readonly home?: string;
    readonly removal?: string;
    readonly protect?: boolean;
    readonly providers?: object;
  };

  const workDir = await mkdtemp(join(tmpdir(), "streamer-synth-"));
  // However it ends, also by a stack that throws.
  process.on("exit", () => rmSync(workDir, { recursive: true, force: true }));
  const rpc = await startRpcServer(root, workDir);
  process.env["SST_SERVER"] = rpc.url;
  process.env["SST_AWS_REGION"] = REGION;

  const resources: SynthResource[] = [];
  // Bound to no instance on purpose: it is called with each monitor's own.
  // oxlint-disable-next-line typescript/unbound-method
  const { registerResource } = MockMonitor.prototype;
  MockMonitor.prototype.registerResource = function (request, callback) {
    return registerResource.call(this, request, (error, response) => {
      if (error === null || error === undefined) {
        resources.push({
          type: request.getType(),
          name: request.getName(),
          inputs: plain(request.getObject()?.toJavaScript() ?? {}) as SynthResource["inputs"],
          parent: request.getParent() || undefined,
          options: {
            dependsOn: request.getDependenciesList(),
            protect: request.getProtect(),
            retainOnDelete: request.getRetainondelete(),
            ignoreChanges: request.getIgnorechangesList(),
          },
        });
      }
      callback(error, response);
    });
  };
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id, custom }) => {
        const given = plain(inputs) as Record<string, unknown>;
        if (custom !== true && !type.includes("/")) return { id: undefined, state: given };
        return { id: id !== undefined && id !== "" ? id : `${name}-id`, state: { ...given, ...attributesOf(type, name, given) } };
      },
      call: ({ token, inputs }) => {
        try {
          return callFunction(token, plain(inputs) as Record<string, unknown>);
        } catch (error) {
          // Pulumi passes on that a call failed, and not why.
          process.stderr.write(`${(error as Error).message}\n`);
          throw error;
        }
      },
    },
    app.name,
    stage,
    false,
    "organization",
  );
  pulumi.runtime.setAllConfig({ "aws:region": REGION });

  const cli = {
    command: dev ? "dev" : "deploy",
    rpc: rpc.url,
    backend: "",
    server: rpc.url,
    home: app.home ?? "aws",
    paths: { home: workDir, root, work: workDir, platform },
    state: { version: {} },
  };
  const program = (await evaluate({
    root,
    platform,
    code: `import { run } from ${JSON.stringify(join(platform, "src/auto/run.ts"))};
      import config from ${JSON.stringify(configFile)};
      export default () => run(config.run);`,
    define: {
      $app: JSON.stringify({
        ...app,
        stage,
        removal: app.removal ?? "remove",
        protect: app.protect ?? false,
        providers: app.providers ?? {},
      }),
      $cli: JSON.stringify(cli),
      $dev: String(dev),
    },
    inject: [join(platform, "src/shim/run.js")],
    preamble: `import * as sst from ${JSON.stringify(join(platform, "src/components"))}; import * as aws from "@pulumi/aws";`,
  })) as () => Promise<unknown>;
  const outputs = await pulumi.runtime.runInPulumiStack(program);

  // SST makes functions after waiting for files and for the CLI, so a program that returned has not finished. It has when nothing is left.
  rpc.unref();
  process.once("beforeExit", () => {
    const result: SynthResult = {
      app: { ...app, stage },
      outputs: plain(outputs ?? {}) as SynthResult["outputs"],
      resources,
      builds: rpc.builds,
    };
    writeFileSync(options.out, JSON.stringify(result));
  });
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
