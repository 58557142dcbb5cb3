// oxlint-disable-next-line typescript/triple-slash-reference -- the way SST gives its global types
/// <reference path="./.sst/platform/config.d.ts" />

/** Streamer and the actions of packages/functions, on AWS: `npx sst deploy --stage prod`. */
export default $config({
  app(input) {
    const production = input?.stage === "prod" || input?.stage === "production";
    return {
      name: "streamer",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
      providers: { aws: { version: "7.20.0" } },
    };
  },
  async run() {
    const { createStreamer } = await import("./stacks/src/index.ts");
    const { actions } = await import("./packages/functions/src/actions/index.ts");
    const { STREAMER_JWT_ISSUER: jwtIssuer, STREAMER_VERSION: version, STREAMER_ALARM_EMAILS: alarmEmails } = process.env;
    const { STREAMER_JWT_AUDIENCE: audiences, STREAMER_ALLOWED_ORIGINS: origins } = process.env;
    const listed = (text: string): string[] => text.split(",").map((entry) => entry.trim());
    if (jwtIssuer === undefined || jwtIssuer === "")
      throw new Error(
        'STREAMER_JWT_ISSUER is not set. Put the "iss" of your tokens into .env: STREAMER_JWT_ISSUER=https://login.example.com/',
      );
    const streamer = createStreamer(
      { sst, aws, util: $util, app: $app, root: $cli.paths.root },
      {
        actions,
        functionsDir: "packages/functions",
        jwtIssuer,
        ...(version === undefined ? {} : { version }),
        ...(alarmEmails === undefined ? {} : { alarmEmails: listed(alarmEmails) }),
        ...(audiences === undefined ? {} : { jwtAudiences: listed(audiences) }),
        ...(origins === undefined ? {} : { allowedOrigins: listed(origins) }),
        auditDataEvents: process.env["STREAMER_AUDIT"] === "true",
        ...(process.env["STREAMER_TRACING"] === "detailed" ? { tracing: "detailed" as const } : {}),
        // The workspaces' own sources: what is deployed does not depend on when they were last built.
        // Split, so that a client which a function seldom needs is not read at its start (npm run bundle).
        nodejs: { splitting: true, minify: true, esbuild: { conditions: ["@streamer/source", "module"] } },
      },
    );
    return { url: streamer.url };
  },
});
