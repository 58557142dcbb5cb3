import { METRICS } from "@streamer/server/wiring";
import { beforeAll, expect, test } from "vitest";
import { synth } from "./synth/synth.ts";
import type { Synth } from "./synth/synth.ts";

const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";

let prod: Synth;
let elsewhere: Synth;
beforeAll(async () => {
  [prod, elsewhere] = await Promise.all([synth({ stage: "prod" }), synth({ stage: "prod", config: "stacks/fixtures/extras.config.ts" })]);
});

const widgetsOf = (app: Synth): readonly Widget[] =>
  (JSON.parse(String(app.get(DASHBOARD).inputs["dashboardBody"])) as { widgets: readonly Widget[] }).widgets;
const graphs = (app: Synth) => widgetsOf(app).filter(({ type }) => type === "metric");
const named = (title: string) => graphs(prod).find(({ properties }) => properties.title === title)?.properties;
/** `ErrorRate (function, percent)`, as a graph is titled. */
const titleOf = ({ name, target, unit }: (typeof METRICS)[number]) => `${name} (${target.replace("_", " ")}, ${unit.toLowerCase()})`;

/** What an operator asks, with metrics that answer it: said once more here. */
const QUESTIONS = {
  "Are users served?": ["ActiveConnections", "ErrorRate", "IntegrationLatency", "AuthenticationFailures"],
  "Is work flowing?": ["ApproximateAgeOfOldestMessage", "OldestOpenRequest", "SweepDispatched"],
  "Is something lost?": ["ApproximateNumberOfMessagesVisible", "ExecutionFailed", "SweepAbandoned", "TopicMessagesLost"],
  "Is it near a limit?": ["ConcurrentExecutions", "Throttles", "WriteThrottleEvents", "BreakerState"],
  "How much goes on?": ["ConnectionsPerMinute", "MessagesSentPerMinute", "Invocations"],
} as const;

test("every metric of the table is shown once", () => {
  const titles = graphs(prod).map(({ properties }) => properties.title);
  expect(titles.toSorted()).toEqual(METRICS.map(titleOf).toSorted());
  for (const { properties } of graphs(prod)) {
    expect(properties.region).toBe("eu-west-1");
    expect(properties.metrics.length).toBeGreaterThan(0);
  }
});

test("it asks an operator's questions, in their order, and each is followed by the metrics that answer it", () => {
  const sections = new Map<string, string[]>();
  let section = "";
  for (const { type, properties } of widgetsOf(prod)) {
    const [, question] = /^## (.*)$/m.exec(properties.markdown ?? "") ?? [];
    if (question !== undefined) sections.set((section = question), []);
    if (type === "metric") sections.get(section)?.push(properties.title.split(" ")[0] ?? "");
  }
  expect([...sections.keys()]).toEqual(Object.keys(QUESTIONS));
  for (const [question, answers] of Object.entries(QUESTIONS))
    expect([question, sections.get(question)]).toEqual([question, expect.arrayContaining([...answers])]);
});

test("the four metrics of the requirements are on it, those of a minute by the minute (S-194 to S-197)", () => {
  expect(named("ActiveConnections (sweeper, count)")).toMatchObject({ stat: "Maximum" });
  expect(named("AuthenticationFailures (authenticator, count)")).toMatchObject({ stat: "Sum" });
  for (const title of ["ConnectionsPerMinute (connect, count)", "MessagesSentPerMinute (sender, count)"])
    expect(named(title)).toMatchObject({ stat: "Sum", period: 60 });
});

test("the notifier's queue and dead letters are shown with the others", () => {
  const labels = (title: string) => named(title)?.metrics.map((line) => (line as readonly { label?: string }[]).at(-1)?.label);
  expect(labels("ApproximateAgeOfOldestMessage (queue, seconds)")).toContain("notifier");
  expect(labels("ApproximateNumberOfMessagesVisible (dead letters, count)")).toContain("notifier_dead_letters");
});

test("rates and shares are calculated, as the alarms calculate them", () => {
  const [rate, ...parts] = named("ErrorRate (function, percent)")?.metrics ?? [];
  expect(rate).toEqual([{ expression: "100 * part0 / whole0", label: "connect" }]);
  expect(parts[0]).toMatchObject(["AWS/Lambda", "Errors", "FunctionName", expect.any(String), { id: "part0", visible: false }]);
  expect(named("ConcurrentExecutions (account, percent)")?.metrics).toEqual([
    [{ expression: "100 * used0 / 1000", label: "account" }],
    ["AWS/Lambda", "ConcurrentExecutions", { id: "used0", visible: false }],
  ]);
});

test("a graph shows where its alarms go off on this stage", () => {
  expect(named("ErrorRate (function, percent)")?.annotations).toEqual({
    horizontal: [
      { label: "low: S-204", value: 1 },
      { label: "high: S-205", value: 5 },
    ],
  });
  expect(named("Invocations (function, count)")).not.toHaveProperty("annotations");
});

test("the alarms that are off stand first", () => {
  const [shown, ...more] = widgetsOf(prod).filter(({ type }) => type === "alarm");
  expect(more).toEqual([]);
  const alarms = prod
    .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
    .map(({ inputs }) => `arn:aws:cloudwatch:eu-west-1:123456789012:${String(inputs["name"])}`);
  expect(shown?.properties.alarms?.toSorted()).toEqual(alarms.toSorted());
  expect(shown?.properties.states).toEqual(["ALARM"]);
  expect(alarms.length).toBeLessThanOrEqual(100);
});

test("each question links the pages that say what to do, where the app has said where they are", () => {
  const linked = widgetsOf(elsewhere).find(({ properties }) => properties.markdown?.startsWith("## Is something lost?") === true);
  expect(linked?.properties.markdown).toContain("[dead-letters](https://example.com/runbooks/dead-letters.md)");
  const plain = widgetsOf(prod).find(({ properties }) => properties.markdown?.startsWith("## Is something lost?") === true);
  expect(plain?.properties.markdown).toContain("`packages/docs/runbooks/dead-letters.md`");
});

test("no widget lies on another, none leaves the grid, and the limits of a dashboard are kept", () => {
  const widgets = widgetsOf(prod);
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
  const series = graphs(prod).map(({ properties }) => properties.metrics.length);
  expect(widgets.length).toBeLessThanOrEqual(500);
  expect(Math.max(...series)).toBeLessThanOrEqual(500);
  expect(series.reduce((total, lines) => total + lines, 0)).toBeLessThanOrEqual(2_500);
  // CloudWatch names no limit of the text. A graph takes less than a KB, so that what its limits permit stays below one MB.
  expect(String(prod.get(DASHBOARD).inputs["dashboardBody"]).length).toBeLessThan(widgets.length * 1_500);
});

interface Widget {
  readonly type: "metric" | "text" | "alarm";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly region: string;
    readonly metrics: readonly unknown[];
    readonly annotations?: object;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    readonly states?: readonly string[];
  };
}
