import { expect, test } from "vitest";
import type { RequestRun } from "./run.ts";
import { createRunHistory } from "./runHistory.ts";

/** A tab's storage; with a limit, as browsers have one. */
function createStorage(maxChars = Infinity) {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > maxChars) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
  };
}

function run(id: string, change: Partial<RequestRun> = {}): RequestRun {
  return { kind: "request", id, action: "echo", payload: { message: "hi" }, startedAt: 1, accepted: false, ...change };
}

const done = { status: "completed", durationMs: 5, attempt: 1, percentage: 100, data: { message: "hi" } } as const;
const ids = (history: ReturnType<typeof createRunHistory>) => history.runs.get().map(({ id }) => id);

test("a reload finds the runs as they were, the newest on top", () => {
  const storage = createStorage();
  const history = createRunHistory(storage, "t/u");
  history.add([run("r1")]);
  history.add([run("r2"), run("r3")]);
  history.updateRequest("r1", { accepted: true, outcome: done });
  const reloaded = createRunHistory(storage, "t/u");
  expect(reloaded.runs.get()).toEqual([run("r2"), run("r3"), run("r1", { accepted: true, outcome: done })]);
});

test("each user finds their own runs only", () => {
  const storage = createStorage();
  createRunHistory(storage, "t/ada").add([run("r1")]);
  expect(ids(createRunHistory(storage, "t/bob"))).toEqual([]);
  expect(ids(createRunHistory(storage, "t/ada"))).toEqual(["r1"]);
});

test("a run that is followed twice stands there once", () => {
  const history = createRunHistory(createStorage(), "t/u");
  history.add([run("r1"), run("r2")]);
  history.add([run("r1", { accepted: true })]);
  expect(history.runs.get()).toEqual([run("r1"), run("r2")]);
});

test("beyond sixty the oldest that have ended go, never one that runs", () => {
  const history = createRunHistory(createStorage(), "t/u");
  history.add([run("open")]);
  history.add(Array.from({ length: 59 }, (_, index) => run(`e${index}`, { outcome: done })));
  history.add([run("new1"), run("new2")]);
  expect(ids(history)).toHaveLength(60);
  expect(ids(history)).toContain("open");
  expect(ids(history)).not.toContain("e58");
  expect(ids(history)).not.toContain("e57");
});

test("what is large is shown but not kept; an unsent run without its input cannot be kept at all", () => {
  const storage = createStorage();
  const large = "x".repeat(30_000);
  const history = createRunHistory(storage, "t/u");
  history.add([
    run("sent", { payload: large, accepted: true }),
    run("ended", { outcome: { ...done, data: large } }),
    run("unsent", { payload: large }),
  ]);
  expect(history.runs.get()[0]).toMatchObject({ payload: large });
  const [sent, ended, ...others] = createRunHistory(storage, "t/u").runs.get();
  expect(sent).not.toHaveProperty("payload");
  expect(ended).toMatchObject({ outcome: { status: "completed" } });
  expect(ended).not.toHaveProperty("outcome.data");
  expect(others).toEqual([]);
});

test("a full storage, or one with something else in it, costs the page nothing", () => {
  const history = createRunHistory(createStorage(10), "t/u");
  history.add([run("r1")]);
  expect(ids(history)).toEqual(["r1"]);
  for (const text of ["{", "{}", '[null, {"id": 1}]']) {
    expect(ids(createRunHistory({ getItem: () => text, setItem: () => {} }, "t/u"))).toEqual([]);
  }
});

test("clearing removes what has ended", () => {
  const history = createRunHistory(createStorage(), "t/u");
  history.add([run("open"), run("ended", { outcome: done })]);
  history.clear();
  expect(ids(history)).toEqual(["open"]);
  history.remove("open");
  expect(ids(history)).toEqual([]);
});
