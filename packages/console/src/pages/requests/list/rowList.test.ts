import { describe, expect, test } from "vitest";
import type { RequestRow } from "../../../contract.ts";
import { sampleRow, SAMPLE_START } from "../testing/samples.ts";
import { firstPage, withChanges, withOlder, withWaitingShown } from "./rowList.ts";
import type { RowList } from "./rowList.ts";

const rowAt = (atMs: number, more: Partial<RequestRow> = {}): RequestRow =>
  sampleRow({ requestId: `at-${atMs}`, createdAt: SAMPLE_START + atMs, ...more });
const idsOf = (rows: readonly RequestRow[]): readonly string[] => rows.map(({ requestId }) => requestId);
const all = (): boolean => true;

const LIST: RowList = firstPage({ items: [rowAt(300), rowAt(200), rowAt(100)], cursor: "next" });

describe("a list that is followed", () => {
  test("changes a row in its place, also when it matches no more", () => {
    const list = withChanges(LIST, {
      rows: [rowAt(200, { status: "failed" })],
      matches: ({ status }) => status !== "failed",
      follow: false,
    });
    expect(idsOf(list.rows)).toEqual(["at-300", "at-200", "at-100"]);
    expect(list.rows[1]?.status).toBe("failed");
    expect(list.rows[0]).toBe(LIST.rows[0]);
  });

  test("keeps new rows aside until they may be put in, and changes them there", () => {
    const waiting = withChanges(LIST, { rows: [rowAt(400), rowAt(500)], matches: all, follow: false });
    expect(idsOf(waiting.rows)).toEqual(idsOf(LIST.rows));
    expect(idsOf(waiting.waiting)).toEqual(["at-500", "at-400"]);
    const changed = withChanges(waiting, { rows: [rowAt(400, { percentage: 90 })], matches: all, follow: false });
    const shown = withWaitingShown(changed);
    expect(idsOf(shown.rows)).toEqual(["at-500", "at-400", "at-300", "at-200", "at-100"]);
    expect(shown.rows[1]?.percentage).toBe(90);
    expect(shown.waiting).toEqual([]);
    expect([...shown.fresh]).toEqual(["acme/at-500", "acme/at-400"]);
  });

  test("puts them in at once where nobody reads, those that waited with them", () => {
    const waiting = withChanges(LIST, { rows: [rowAt(400)], matches: all, follow: false });
    const list = withChanges(waiting, { rows: [rowAt(250)], matches: all, follow: true });
    expect(idsOf(list.rows)).toEqual(["at-400", "at-300", "at-250", "at-200", "at-100"]);
  });

  test("leaves out what does not match, and what comes with a later page", () => {
    const rows = [rowAt(400, { action: "other" }), rowAt(50)];
    expect(withChanges(LIST, { rows, matches: ({ action }) => action !== "other", follow: true })).toBe(LIST);
    const whole: RowList = { ...LIST, cursor: undefined };
    expect(idsOf(withChanges(whole, { rows: [rowAt(50)], matches: all, follow: true }).rows).at(-1)).toBe("at-50");
  });

  test("takes the same id of two tenants for two requests", () => {
    const list = withChanges(LIST, { rows: [rowAt(300, { tenantId: "globex" })], matches: all, follow: true });
    expect(list.rows).toHaveLength(4);
  });
});

test("an older page is added at the end, without rows that are there", () => {
  const list = withOlder(LIST, { items: [rowAt(100, { percentage: 1 }), rowAt(50)] });
  expect(idsOf(list.rows)).toEqual(["at-300", "at-200", "at-100", "at-50"]);
  expect(list.rows[2]).toBe(LIST.rows[2]);
  expect(list.cursor).toBeUndefined();
});
