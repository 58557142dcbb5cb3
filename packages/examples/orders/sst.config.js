// oxlint-disable-next-line typescript/triple-slash-reference -- the way SST gives its global types
/// <reference path="../../../.sst/platform/config.d.ts" />
/** A web shop that takes Streamer in: its own resources stay as they are, `createStreamer` adds the rest. */
export default $config({
  app(input) {
    const production = input?.stage === "prod";
    return {
      name: "orders",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
      providers: { aws: { version: "7.20.0" } },
    };
  },
  async run() {
    const { createStreamer } = await import("@streamer/stacks");
    const { actions } = await import("./functions/src/actions/index.ts");
    const archive = new sst.aws.Bucket("OrderArchive");
    const streamer = createStreamer(
      { sst, aws, util: $util, app: $app, root: $cli.paths.root },
      {
        actions,
        functionsDir: "functions",
        jwtIssuer: "https://login.shop.example/",
        functions: {
          process_export_orders: {
            link: [new sst.Linkable("Orders", { properties: { bucket: archive.name } })],
            permissions: [{ actions: ["s3:GetObject"], resources: [$interpolate`${archive.arn}/orders/*`] }],
          },
        },
        // Only this repository needs it: here the packages are TypeScript sources.
        nodejs: { esbuild: { conditions: ["@streamer/source", "module"] } },
      },
    );
    streamer.bus.subscribe(
      "Finished",
      { handler: "functions/src/onRequest.handler", nodejs: { esbuild: { conditions: ["@streamer/source", "module"] } } },
      { pattern: { source: ["streamer"], detail: { status: ["completed", "failed"] } } },
    );
    return { url: streamer.url };
  },
});
