import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { LocalStack, LogLine as StackLine } from "@streamer/local";
import { logLineProblems, OPERATIONS, readLogText } from "@streamer/server/testing";
import type { LogLine, Operation } from "@streamer/server/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createCanaries } from "../security/canaries.ts";
import { isTerminal, UpgradeRefused, connectWire } from "../support/wireClient.ts";
import type { Frame, WireClient } from "../support/wireClient.ts";

const WAIT = { timeout: 30_000, interval: 20 };
/** Who writes lines: the functions, by the `service` that each calls itself. */
const SERVICES = ["connect", "disconnect", "router", "processor", "sweeper", "notifier"];
const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const REQUEST_ID = "dies";

const { hatch, watch, expectNoneIn } = createCanaries();
const written: StackLine[] = [];
/** What came to the stack's log, in order; the functions' own lines as they stand in CloudWatch. */
const functionTexts = (): readonly string[] => written.flatMap(({ text }) => text ?? []);
const lines = (): readonly LogLine[] =>
  functionTexts().flatMap((text): readonly LogLine[] => {
    const read = readLogText(text);
    return read.kind === "line" ? [read.value as LogLine] : [];
  });
const linesOf = (correlationId: string): readonly LogLine[] => lines().filter((line) => line.correlation_id === correlationId);

let dataDir: string;
let stack: LocalStack;
let client: WireClient;
const ids = new Map<string, string>();
const idOf = (name: string): string => {
  const id = ids.get(name) ?? crypto.randomUUID();
  ids.set(name, id);
  return id;
};
const about = (id: string) => (frame: Frame) => frame["request_id"] === id;

async function token(overrides: { readonly expiresIn?: string } = {}): Promise<string> {
  const made = await stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h", ...overrides });
  watch("a token", made);
  return made;
}

const toil = (id: string, deed: string): void =>
  client.send({ id, action: "toil", payload: { deed, secret: hatch(id) }, correlation_id: idOf(id), traceparent: TRACEPARENT });

/** A bit of everything: what each function has to say is said. */
async function run(): Promise<void> {
  await expect(connectWire(stack.websocketUrl, await token({ expiresIn: "-1h" }))).rejects.toThrow(UpgradeRefused);
  await expect(connectWire(stack.websocketUrl, undefined)).rejects.toThrow(UpgradeRefused);
  client = await connectWire(stack.websocketUrl, await token());
  const listener = await connectWire(stack.websocketUrl, await token());
  for (const topic of ["requests", "rooms/lobby", "rooms/workshop"]) listener.send({ type: "subscribe_topic", topic });
  await vi.waitUntil(() => listener.frames.filter(({ type }) => type === "subscribed_topic").length === 3, WAIT);

  client.send({ id: "say", action: "say", payload: { text: hatch("said") }, correlation_id: idOf("say"), traceparent: TRACEPARENT });
  client.send({ id: "say badly", action: "say", payload: {} });
  client.send({ id: "fail", action: "say", payload: { text: hatch("unsaid"), fail: true }, correlation_id: idOf("fail") });
  client.send({ id: "misfit", action: "toil", payload: { secret: hatch("misfit") }, correlation_id: idOf("misfit") });
  client.send({ id: "other", action: "no_such_action", payload: { secret: hatch("lost") } });
  for (const id of ["say", "fail", "misfit", "other"]) await client.waitFor(about(id));

  for (const deed of ["works", "fails", "gives up", "dies", "waits"]) toil(deed.replace(" ", "_"), deed);
  await client.waitFor((frame) => about("waits")(frame) && frame["type"] === "progress");
  listener.send({ type: "subscribe", request_id: "waits" });
  await listener.waitFor((frame) => frame["type"] === "subscribed");
  client.send({ type: "cancel", request_id: "waits", reason: hatch("reason") });
  client.send({ type: "cancel", request_id: "no-such-request" });
  await client.waitFor(about("no-such-request"));

  client.send({
    type: "submit_batch",
    batch_id: "batch",
    action: "toil",
    first: 0,
    payloads: [{ deed: "works", secret: hatch("item") }, { secret: hatch("bad item") }],
    correlation_id: idOf("batch"),
  });
  await client.waitFor((frame) => frame["type"] === "batch");
  client.send({ type: "subscribe_batch", batch_id: "batch", first: 0, count: 2 });
  client.send({ type: "authenticate", token: await token() });
  client.send({ type: "authenticate", token: hatch("no token") });
  client.send({ type: "ping" });
  client.send(hatch("no JSON"));
  for (const type of ["pong", "authenticated"]) await client.waitFor((frame) => frame["type"] === type);

  for (const id of ["works", "fails", "gives_up", "dies", "waits", "batch.0"]) await client.untilEnd(id);
  for (const topic of ["requests", "rooms/lobby", "rooms/workshop"])
    await listener.waitFor((frame) => frame["type"] === "event" && frame["topic"] === topic);
  await listener.close();
  await client.close();
  const closed = (): number => lines().filter(({ message }) => message === "A connection was closed.").length;
  await vi.waitUntil(
    () => closed() === 2 && linesOf(idOf("dies")).some(({ service, operation }) => service === "processor" && operation === "settle"),
    WAIT,
  );
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-logs-"));
  stack = await startLocalStack({
    functionsDir: resolve(import.meta.dirname, "loggingApp"),
    dataDir,
    port: 0,
    log: (line) => written.push(line),
    // In place of each minute.
    wiring: (wiring) => ({ ...wiring, schedules: wiring.schedules.map((schedule) => ({ ...schedule, everyMs: 300 })) }),
  });
  await run();
}, 90_000);
afterAll(async () => {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe("a full run at the level DEBUG", () => {
  it("writes lines of the log, metrics, reports of the platform, and nothing else", () => {
    const kinds = functionTexts().map((text) => readLogText(text).kind);
    expect(functionTexts().filter((text) => readLogText(text).kind === "other")).toEqual([]);
    expect(kinds).toContain("metrics");
    expect(new Set(lines().map(({ service }) => service))).toEqual(new Set(SERVICES));
    expect(new Set(lines().map(({ level }) => level))).toEqual(new Set(["DEBUG", "INFO", "WARN", "ERROR"]));
  });

  it("writes no line that is not as the schema says", () => {
    const wrong = lines().flatMap((line) => logLineProblems(line).map((problem) => `${line.service}, "${line.message}": ${problem}`));
    expect([...new Set(wrong)]).toEqual([]);
  });

  it("gives every line a correlation id", () => {
    expect(lines().filter((line) => line.correlation_id === undefined)).toEqual([]);
  });

  it("says who it was, on every line of a user's act", () => {
    const anonymous = lines().filter(
      (line) =>
        // Of a connection whose record a 410 has removed before, no more is known than that it ended.
        ("request_id" in line || "duration_seconds" in line) &&
        line.message !== "A message was refused." &&
        !(line["user_id"] === "ada" && line["tenant_id"] === "acme"),
    );
    expect(anonymous.map(({ service, message }) => `${service}: ${message}`)).toEqual([]);
  });

  it("says how long it took, on every line that ends an operation", () => {
    const timeless = lines().filter((line) => ENDS.some((end) => line.message === end) && typeof line["duration_ms"] !== "number");
    expect(timeless.map(({ message }) => message)).toEqual([]);
    const messages = new Set(lines().map(({ message }) => message));
    expect(ENDS.filter((end) => !messages.has(end))).toEqual([]);
  });

  it("holds no payload, token, result or reason", () => {
    expect(functionTexts().length).toBeGreaterThan(50);
    expectNoneIn(functionTexts().join("\n"));
  });

  it("has lines of these operations", () => {
    const seen = new Set(lines().map(({ operation }) => operation));
    const unseen = (Object.keys(OPERATIONS) as Operation[]).filter((operation) => !seen.has(operation));
    // Of places for uploads, and of faults that nothing has caused here. A message that came a moment too early is put back: a "claim".
    expect(unseen.filter((operation) => operation !== "claim")).toEqual([
      "upload",
      "step",
      "progress",
      "chunk",
      "lease",
      "publish",
      "measure",
    ]);
  });
});

const ENDS = [
  "A connection was opened.",
  "A connection was refused.",
  "A connection was closed.",
  "A request was answered.",
  "A message was answered.",
  "A message was refused.",
  "A send ended.",
  "The attempt failed; another follows.",
  "The request failed.",
  "The request ended.",
  "The sweeper saw to a request.",
  "A sweep ended.",
  "A batch of the notifier ended.",
];

describe("one correlation id, from the client's frame to the last line", () => {
  it("finds a request's whole way, in order, through a worker that dies and the sweeper", () => {
    // The second attempt's message may come a moment before its time, and is then put back: "claim".
    const way = linesOf(idOf(REQUEST_ID)).filter(({ level, operation }) => level !== "DEBUG" && operation !== "claim");
    expect(way.map(({ service, operation, message, ...fields }) => [service, operation, message, fields["attempt"]])).toEqual([
      ["router", "submit", "A request was answered.", undefined],
      ["processor", "process", "An attempt starts.", 1],
      ["sweeper", "sweep", "The sweeper saw to a request.", 1],
      ["processor", "process", "An attempt starts.", 2],
      ["processor", "settle", "The request ended.", 2],
    ]);
    for (const line of way) {
      expect(line).toMatchObject({ request_id: REQUEST_ID, action: "toil", user_id: "ada", tenant_id: "acme", trace_id: TRACE_ID });
    }
  });

  it("finds what was sent of it, and who of its topics was told", () => {
    const found = linesOf(idOf(REQUEST_ID));
    expect(new Set(found.map(({ service }) => service))).toEqual(new Set(["router", "processor", "sweeper", "notifier"]));
    expect(found.filter(({ message, service }) => message === "A send ended." && service === "processor").length).toBeGreaterThan(2);
  });

  it("is in every message about the request, whichever connection it goes to", () => {
    for (const name of ["works", "fails", "gives_up", "dies", "waits"]) {
      const messages = client.frames.filter(about(name));
      expect(messages.length).toBeGreaterThan(2);
      for (const message of messages) expect(message).toMatchObject({ correlation_id: idOf(name) });
    }
    for (const name of ["say", "fail", "misfit"]) expect(client.frames.find(about(name))).toMatchObject({ correlation_id: idOf(name) });
    expect(client.frames.find(({ type }) => type === "batch")).toMatchObject({ correlation_id: idOf("batch") });
    expect(client.frames.filter(about("batch.0")).every((message) => message["correlation_id"] === idOf("batch"))).toBe(true);
  });

  it("is made by the server for a frame that brings none, and is in the answer and on the line about it", () => {
    const { correlation_id: made } = client.frames.find(about("other")) as { readonly correlation_id: string };
    expect(linesOf(made)).toMatchObject([{ service: "router", message: "A message was refused.", code: "INVALID_ACTION" }]);
  });

  it("and the trace reach the work", () => {
    const [said] = client.frames.filter(about("say"));
    expect(said).toMatchObject({ data: { correlationId: idOf("say"), traceparent: TRACEPARENT } });
    const end = client.frames.find((frame) => about("dies")(frame) && isTerminal(frame));
    expect(end).toMatchObject({ result: { data: { correlationId: idOf("dies"), traceparent: TRACEPARENT } } });
  });
});
