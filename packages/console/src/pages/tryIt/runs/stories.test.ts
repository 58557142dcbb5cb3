import { describe, expect, test } from "vitest";
import type { ConnectionView } from "../../../contract.ts";
import { withAttempt } from "./attempts.ts";
import type { AttemptSeen } from "./attempts.ts";
import { factsIn, linksIn } from "./links.ts";
import { ownConnection } from "../../../app/identity/ownConnection.ts";
import { NO_STORY, nextStory } from "./resumeStory.ts";
import { outcomeView, lineOf } from "./runView.ts";

describe("a connection that breaks", () => {
  test("is told step by step until all is caught up", () => {
    const lost = nextStory(NO_STORY, { state: "reconnecting", stale: true, now: 100 });
    expect(lost).toEqual({ step: "lost", lostAt: 100 });
    expect(nextStory(lost, { state: "offline", stale: true, now: 150 })).toBe(lost);
    const catching = nextStory(lost, { state: "open", stale: true, now: 300 });
    expect(catching).toEqual({ step: "catching-up", lostAt: 100, openAt: 300 });
    const caughtUp = nextStory(catching, { state: "open", stale: false, now: 340 });
    expect(caughtUp).toEqual({ step: "caught-up", lostAt: 100, openAt: 300, caughtUpAt: 340 });
    expect(nextStory(caughtUp, { state: "open", stale: true, now: 400 })).toBe(caughtUp);
  });

  test("is told anew when it breaks again", () => {
    const caughtUp = { step: "caught-up", lostAt: 1, openAt: 2, caughtUpAt: 3 } as const;
    expect(nextStory(caughtUp, { state: "reconnecting", stale: false, now: 9 })).toEqual({ step: "lost", lostAt: 9 });
  });

  test("is caught up at once when nothing was missed, and the first opening is no story", () => {
    expect(nextStory({ step: "lost", lostAt: 1 }, { state: "open", stale: false, now: 2 })).toMatchObject({ step: "caught-up" });
    expect(nextStory(NO_STORY, { state: "connecting", stale: true, now: 1 })).toBe(NO_STORY);
    expect(nextStory(NO_STORY, { state: "open", stale: true, now: 1 })).toBe(NO_STORY);
  });
});

test("attempts tell how far each came, whatever the bar shows in between", () => {
  const states = [
    { attempt: 0, percentage: 0, status: "queued" },
    { attempt: 1, percentage: 10, status: "running" },
    { attempt: 1, percentage: 40, status: "running" },
    { attempt: 1, percentage: 40, status: "retrying" },
    // The bar stays at 40 until the new attempt has made a step.
    { attempt: 2, percentage: 40, status: "running" },
    { attempt: 2, percentage: 10, status: "running" },
    { attempt: 2, percentage: 100, status: "completed" },
  ];
  const seen = states.reduce<readonly AttemptSeen[]>((known, state) => withAttempt(known, state), []);
  expect(seen).toEqual([
    { attempt: 1, percentage: 40 },
    { attempt: 2, percentage: 100 },
  ]);
});

test("the page's own connection is that of its user which was opened when its own was", () => {
  const connection = (connectionId: string, change: Partial<ConnectionView> = {}) =>
    ({ connectionId, tenantId: "t", userId: "u", open: true, connectedAt: 1_000, ...change }) as ConnectionView;
  const all = [
    connection("other tab", { connectedAt: 5_000 }),
    connection("leftover", { open: false, connectedAt: 2_000 }),
    connection("other user", { userId: "v", connectedAt: 2_000 }),
    connection("mine", { connectedAt: 1_990 }),
  ];
  const who = { user: "u", tenant: "t", permissions: [] };
  expect(ownConnection(all, who, 2_000)?.connectionId).toBe("mine");
  expect(ownConnection(all, { ...who, tenant: "x" }, 2_000)).toBeUndefined();
});

test("of a result its files are links, by their names, and its short facts stand beside them", () => {
  const data = {
    url: "https://files.example/a/sales-2024.pdf?signature=x",
    records: 1_431,
    nested: { more: "http://x.example/y" },
    note: "ok",
  };
  expect(linksIn(data)).toEqual([
    { name: "sales-2024.pdf", url: data.url },
    { name: "nested.more", url: "http://x.example/y" },
  ]);
  expect(factsIn(data)).toEqual(["records 1,431", "note ok"]);
  expect(linksIn({ bad: "javascript:alert(1)", deep: { deeper: { deepest: "https://x.example" } } })).toEqual([]);
});

test("a refused payload says what is wrong with it; a retry says when it comes", () => {
  const details = { issues: [{ path: "end_date", message: "must be later" }] };
  const failed = outcomeView({
    status: "failed",
    durationMs: 1,
    attempt: 0,
    percentage: 0,
    error: { code: "VALIDATION_ERROR", message: "The payload is not valid.", details },
  });
  expect(lineOf(failed, 0)).toBe("The payload is not valid. End_date: must be later.");
  const retrying = { ...failed, status: "retrying", retryAt: new Date(4_200) } as const;
  expect([lineOf(retrying, 1_000), lineOf(retrying, 9_000)]).toEqual(["Tried again in 4 s", "The worker was lost; another takes over"]);
});
