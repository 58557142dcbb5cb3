import { actions } from "@streamer/functions/actions";
import { createWiring, fieldsOf, QUERIES, TRACE_FILTERS } from "@streamer/server/wiring";
import { beforeAll, describe, expect, test } from "vitest";
import { synth } from "./synth/synth.ts";
import type { Synth } from "./synth/synth.ts";

const QUERY = "aws:cloudwatch/queryDefinition:QueryDefinition";
const GROUP = "aws:xray/group:Group";
const PROCESSORS = createWiring(actions).processors.map(({ action }) => `process_${action}`);
const FUNCTIONS = ["connect", "disconnect", "router", ...PROCESSORS, "notifier", "sweeper"];

let dev: Synth;
let prod: Synth;
let extras: Synth;
beforeAll(async () => {
  [dev, prod, extras] = await Promise.all([
    synth({ stage: "dev" }),
    synth({ stage: "prod" }),
    synth({ stage: "prod", config: "stacks/fixtures/extras.config.ts" }),
  ]);
});

const logsOf = (app: Synth, name: string): readonly string[] => {
  const found = app.ofType(QUERY).filter(({ inputs }) => String(inputs["name"]).endsWith(`/${name}`));
  expect([name, found.length]).toEqual([name, 1]);
  return found.flatMap(({ inputs }) => inputs["logGroupNames"] as readonly string[]).toSorted();
};
const groups = (...names: readonly string[]): readonly string[] => names.map((name) => `/aws/lambda/streamer-prod-${name}`).toSorted();

/** Which functions' logs answer which question: said once more here, since a log that is left out is not missed when a query is run. */
const WHERE: Readonly<Record<string, readonly string[]>> = {
  request: FUNCTIONS,
  correlation: FUNCTIONS,
  connection: FUNCTIONS,
  trace: FUNCTIONS,
  user: FUNCTIONS,
  errors: FUNCTIONS,
  "recent-errors": FUNCTIONS,
  "refused-tokens": ["connect", "router"],
  "refused-messages": ["router"],
  "slow-handlers": ["router", ...PROCESSORS],
  "slowest-requests": ["router", ...PROCESSORS],
  retries: PROCESSORS,
  "failed-attempts": PROCESSORS,
  "ended-by-lambda": FUNCTIONS,
  "cold-starts": FUNCTIONS,
  memory: FUNCTIONS,
  "sends-that-failed": FUNCTIONS,
  "updates-that-failed": [...PROCESSORS, "sweeper"],
  sweeps: ["sweeper"],
  "sweeper-decisions": ["sweeper"],
  "notifier-losses": ["notifier"],
  "events-not-published": ["disconnect", "router", ...PROCESSORS, "sweeper"],
};

test("every query is stored, on a developer's stage too, in a folder of the app and the stage", () => {
  for (const [app, stage] of [
    [dev, "dev"],
    [prod, "prod"],
  ] as const) {
    const stored = app.ofType(QUERY).map(({ inputs }) => [inputs["name"], inputs["queryString"]]);
    const expected = QUERIES.map(({ name, query }) => [`streamer/${stage}/streamer/${name}`, query]);
    expect(new Map(stored as [string, string][])).toEqual(new Map(expected as [string, string][]));
    expect(stored).toHaveLength(expected.length);
  }
});

test.each(Object.entries(WHERE))("%s looks into the logs of %j", (name, functions) => {
  expect(logsOf(prod, name)).toEqual(groups(...functions));
});

test("no query is without its place in this list", () => {
  expect(QUERIES.map(({ name }) => name).toSorted()).toEqual([...Object.keys(WHERE), "gateway-refusals", "pipe-errors"].toSorted());
});

test("each log that a query reads is one of the stage", () => {
  const existing = new Set(prod.ofType("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs["name"]));
  const read = prod.ofType(QUERY).flatMap(({ inputs }) => inputs["logGroupNames"] as readonly string[]);
  expect(read.filter((name) => !existing.has(name))).toEqual([]);
  // And none is left that nobody asks.
  expect([...existing].filter((name) => !read.includes(String(name)))).toEqual([]);
});

test("functions of schedules of the app's own are among all functions", () => {
  expect(logsOf(extras, "errors")).toContain("/aws/lambda/extras-prod-cleaner");
  expect(logsOf(extras, "sweeper-decisions")).toEqual(["/aws/lambda/extras-prod-sweeper"]);
});

describe("of services", () => {
  test("refusals of API Gateway are read from its access log, by fields that are in its format", () => {
    expect(logsOf(prod, "gateway-refusals")).toEqual([expect.stringMatching(/^\/aws\/vendedlogs\/apis\//)]);
    const { format } = prod.get("aws:apigatewayv2/stage:Stage").inputs["accessLogSettings"] as { format: string };
    const ofGateway = QUERIES.filter(({ services = [] }) => services.includes("gateway"));
    const fields = ofGateway.flatMap((query) => fieldsOf(query));
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.filter((field) => !format.includes(`"${field}":`))).toEqual([]);
  });

  test("the Pipe's errors are read from the Pipe's log", () => {
    expect(logsOf(prod, "pipe-errors")).toEqual(["/aws/vendedlogs/pipes/streamer-prod-requests"]);
  });
});

describe("searches for traces", () => {
  const saved = TRACE_FILTERS.filter(({ parameter }) => parameter === undefined);
  const namesIn = (app: Synth) => app.ofType(GROUP).map(({ inputs }) => String(inputs["groupName"]));

  test("that wait for no value are saved where tracing is detailed, narrowed to the stage's functions, without insights", () => {
    const lambdas = extras.ofType("aws:lambda/function:Function").map(({ inputs }) => `service("${String(inputs["name"])}")`);
    expect(namesIn(extras)).toHaveLength(saved.length);
    for (const { name, expression } of saved) {
      const found = extras.ofType(GROUP).find(({ inputs }) => inputs["groupName"] === `extras-prod-${name.replaceAll("_", "-")}`);
      expect(found?.inputs["insightsConfiguration"]).toEqual({ insightsEnabled: false, notificationsEnabled: false });
      const [, own, ours = ""] = /^\((.*)\) AND \((service.*)\)$/.exec(String(found?.inputs["filterExpression"])) ?? [];
      expect(own).toBe(expression);
      expect(ours.split(" OR ").toSorted()).toEqual(lambdas.toSorted());
    }
  });

  test("that need annotations are not saved where nothing is annotated", () => {
    expect(namesIn(prod).toSorted()).toEqual(["streamer-prod-faults", "streamer-prod-slow"]);
  });

  test("have names of at most 32 characters", () => {
    expect(Math.max(...[...namesIn(prod), ...namesIn(extras)].map((name) => name.length))).toBeLessThanOrEqual(32);
  });

  test("are not saved on a developer's stage, and two watched stages fit into an account's 25", () => {
    expect(namesIn(dev)).toEqual([]);
    expect(2 * saved.length).toBeLessThanOrEqual(25);
  });
});
