// oxlint-disable-next-line typescript/triple-slash-reference -- the way SST gives its global types
/// <reference path="./.sst/platform/config.d.ts" />

/** `npm run deploy -- --stage dev` puts all of it into your AWS account. */
export default $config({
  app(input) {
    const production = input?.stage === "prod";
    return {
      name: "streamer-app",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
      providers: { aws: { version: "7.20.0" } },
    };
  },
  async run() {
    const { createStreamer } = await import("@streamer/stacks");
    const { actions } = await import("./functions/src/actions/index.ts");
    const { STREAMER_JWT_ISSUER: jwtIssuer } = process.env;
    if (jwtIssuer === undefined || jwtIssuer === "")
      throw new Error(
        'STREAMER_JWT_ISSUER is not set. Put the "iss" of your tokens into .env: STREAMER_JWT_ISSUER=https://login.example.com/',
      );
    const streamer = createStreamer(
      { sst, aws, util: $util, app: $app, root: $cli.paths.root },
      { actions, functionsDir: "functions", jwtIssuer },
    );
    return { url: streamer.url };
  },
});
