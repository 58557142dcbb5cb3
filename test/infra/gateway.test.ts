import { actions } from "@streamer/functions/actions";
import { createWiring } from "@streamer/server/wiring";
import { beforeAll, expect, test } from "vitest";
import { statementsOf, synth } from "./synth/synth.ts";
import type { Synth } from "./synth/synth.ts";

const PROCESSORS = createWiring(actions).processors.map(
  ({ function: { name } }) => `Streamer${name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}`,
);

let app: Synth;
beforeAll(async () => {
  app = await synth({ stage: "prod" });
});

const stage = () => app.get("aws:apigatewayv2/stage:Stage").inputs;
const variablesIn = (evaluated: typeof app, name: string) =>
  (evaluated.get("aws:lambda/function:Function", name).inputs["environment"] as { variables: object }).variables;
const variablesOf = (name: string) => variablesIn(app, name);

test("$default answers on the socket, and no other route does", () => {
  const routes = app.ofType("aws:apigatewayv2/route:Route");
  expect(Object.fromEntries(routes.map(({ inputs }) => [inputs["routeKey"], inputs["routeResponseSelectionExpression"]]))).toEqual({
    $connect: undefined,
    $disconnect: undefined,
    $default: "$default",
  });
  const route = routes.find(({ inputs }) => inputs["routeKey"] === "$default");
  expect(app.get("aws:apigatewayv2/routeResponse:RouteResponse").inputs).toEqual({
    apiId: `${app.get("aws:apigatewayv2/api:Api").name}-id`,
    routeId: `${route?.name}-id`,
    routeResponseKey: "$default",
  });
});

test("all routes are throttled below the account's limit, which pushes share", () => {
  expect(stage()["defaultRouteSettings"]).toEqual({
    throttlingRateLimit: 5_000,
    throttlingBurstLimit: 2_500,
    detailedMetricsEnabled: true,
    loggingLevel: "ERROR",
    dataTraceEnabled: false,
  });
});

test("there is an access log, and no token or payload can get into it", () => {
  const { destinationArn, format } = stage()["accessLogSettings"] as { destinationArn: string; format: string };
  expect(destinationArn).toMatch(/:log-group:\/aws\/vendedlogs\/apis\//);
  expect(format).toContain("$context.connectionId");
  expect(format).not.toMatch(/authorizer|querystring|header|body/i);
});

test("the Pipe's log holds no records", () => {
  const { logConfiguration } = app.get("aws:pipes/pipe:Pipe").inputs as { logConfiguration: object };
  expect(logConfiguration).toEqual({
    level: "ERROR",
    cloudwatchLogsLogDestination: {
      logGroupArn: "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/pipes/streamer-prod-requests",
    },
  });
});

test("functions are traced in detail only when the app asks for it", async () => {
  const tracedBy = (functions: readonly { readonly inputs: Readonly<Record<string, unknown>> }[]) =>
    new Set(
      functions.map(({ inputs }) => (inputs["environment"] as { variables: Record<string, string> }).variables["POWERTOOLS_TRACE_ENABLED"]),
    );
  expect(tracedBy(app.ofType("aws:lambda/function:Function"))).toEqual(new Set(["false"]));
});

test("every function is traced, logs JSON into a group of its own, and runs on Node 24", () => {
  const functions = app.ofType("aws:lambda/function:Function");
  expect(functions.length).toBeGreaterThanOrEqual(6);
  const groups = functions.map(({ name, inputs }) => {
    expect([name, inputs["tracingConfig"], inputs["runtime"], inputs["architectures"]]).toEqual([
      name,
      { mode: "Active" },
      "nodejs24.x",
      ["arm64"],
    ]);
    const { logFormat, logGroup, systemLogLevel } = inputs["loggingConfig"] as Record<string, string>;
    expect([logFormat, systemLogLevel]).toEqual(["JSON", "INFO"]);
    return logGroup;
  });
  const existing = app.ofType("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs["name"]);
  expect(new Set(groups).size).toBe(functions.length);
  for (const group of groups) expect(existing).toContain(group);
});

test("each function is linked to what it uses, and to nothing else", () => {
  const links = Object.fromEntries(app.builds.map(({ functionID, links: linked }) => [functionID, Object.keys(linked).toSorted()]));
  expect(links).toEqual({
    StreamerConnect: ["StreamerJwtKey", "StreamerTable"],
    StreamerDisconnect: ["StreamerBus", "StreamerTable"],
    StreamerRouter: ["StreamerApi", "StreamerBus", "StreamerJwtKey", "StreamerResults", "StreamerTable"],
    ...Object.fromEntries(PROCESSORS.map((name) => [name, ["StreamerApi", "StreamerBus", "StreamerResults", "StreamerTable"]])),
    StreamerNotifier: ["StreamerApi", "StreamerBus", "StreamerTable"],
    StreamerSweeper: ["StreamerApi", "StreamerBus", "StreamerTable"],
  });
});

test("links carry what the functions read of them", () => {
  const { links } = app.builds.find(({ functionID }) => functionID === "StreamerProcessGenerateReport") ?? { links: {} };
  expect(links).toMatchObject({
    StreamerTable: { name: app.get("aws:dynamodb/table:Table").inputs["name"] },
    StreamerResults: { name: app.get("aws:s3/bucket:Bucket").inputs["bucket"] },
    StreamerApi: { managementEndpoint: "https://api1234567.execute-api.eu-west-1.amazonaws.com/$default" },
    StreamerBus: { name: app.get("aws:cloudwatch/eventBus:EventBus").inputs["name"] },
  });
});

test("the key of tokens is a secret of SST's, and in no environment", () => {
  expect(app.ofType("sst:sst:Secret").map(({ name }) => name)).toEqual(["StreamerJwtKey"]);
  const environments = app.ofType("aws:lambda/function:Function").map(({ inputs }) => JSON.stringify(inputs["environment"]));
  expect(environments.filter((text) => text.includes("jwks.json") || text.includes("JwtKey"))).toEqual([]);
});

test("who issues tokens is told to those who check them", () => {
  const issuer = { STREAMER_JWT_ISSUER: "https://issuer.example.com/" };
  expect(variablesOf("StreamerConnectFunction")).toMatchObject(issuer);
  expect(variablesOf("StreamerRouterFunction")).toMatchObject(issuer);
  expect(variablesOf("StreamerDisconnectFunction")).not.toHaveProperty("STREAMER_JWT_ISSUER");
  expect(variablesOf("StreamerProcessGenerateReportFunction")).not.toHaveProperty("STREAMER_JWT_ISSUER");
});

test("whom tokens must be meant for, and whose pages may connect, is told to those who ask", async () => {
  const strict = await synth({
    stage: "prod",
    env: {
      STREAMER_JWT_ISSUER: "https://issuer.example.com/",
      STREAMER_JWT_AUDIENCE: "streamer, console",
      STREAMER_ALLOWED_ORIGINS: "https://app.example.com",
    },
  });
  expect(variablesIn(strict, "StreamerConnectFunction")).toMatchObject({
    STREAMER_JWT_AUDIENCE: "streamer,console",
    STREAMER_ALLOWED_ORIGINS: "https://app.example.com",
  });
  expect(variablesIn(strict, "StreamerRouterFunction")).toMatchObject({ STREAMER_JWT_AUDIENCE: "streamer,console" });
  expect(variablesIn(strict, "StreamerRouterFunction")).not.toHaveProperty("STREAMER_ALLOWED_ORIGINS");
  expect(variablesOf("StreamerConnectFunction")).not.toHaveProperty("STREAMER_JWT_AUDIENCE");
});

test("functions are bundled from the workspaces' sources", () => {
  for (const { functionID, properties } of app.builds)
    expect([functionID, properties["esbuild"]]).toEqual([functionID, { conditions: ["@streamer/source", "module"] }]);
});

test("nothing of the bucket is public, and nothing goes over plain HTTP", () => {
  expect(app.get("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs).toMatchObject({
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const [only, ...more] = statementsOf(app.get("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"]);
  expect(more).toEqual([]);
  expect(only).toMatchObject({ Effect: "Deny", Action: ["s3:*"], Condition: { Bool: { "aws:SecureTransport": ["false"] } } });
});

test("files outlive their request and one redrive of it by a day, unfinished uploads go after a day", () => {
  expect(app.get("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs["rules"]).toEqual([
    { id: "results", status: "Enabled", expiration: { days: 15 } },
    { id: "unfinished-uploads", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
  ]);
});

test("pages may read files, and upload with the checksum that was signed", () => {
  const [rule] = app.get("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration").inputs["corsRules"] as readonly Record<
    string,
    unknown
  >[];
  expect(rule?.["allowedMethods"]).toEqual(["GET", "HEAD", "PUT"]);
  expect(rule?.["allowedHeaders"]).toEqual(["range", "content-type", "x-amz-checksum-sha256"]);
});

test("the app says where clients connect", () => {
  expect(app.outputs["url"]).toBe("wss://api1234567.execute-api.eu-west-1.amazonaws.com/$default");
});
