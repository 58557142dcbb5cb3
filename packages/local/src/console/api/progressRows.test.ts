import { expect, test } from "vitest";
import type { ConsoleEvent, Hop, RequestRow } from "../contract.ts";
import { createProgressRows } from "./progressRows.ts";

const row = (requestId: string, percentage: number): RequestRow => ({
  tenantId: "acme",
  requestId,
  userId: "ada",
  action: "report",
  status: "processing",
  attempt: 1,
  createdAt: 0,
  percentage,
});
const progressOf = (requestId: string): ConsoleEvent => {
  const hop: Hop = { id: 1, tenantId: "acme", requestId, hop: "update", what: "progress 50 %", at: 0 };
  return { type: "hop", hop };
};

function open() {
  const read: { readonly requestId: string; answer(found: RequestRow | undefined): void; fail(): void }[] = [];
  const told: ConsoleEvent[] = [];
  const rows = createProgressRows({
    rowOf({ requestId }) {
      const { promise, resolve, reject } = Promise.withResolvers<RequestRow | undefined>();
      read.push({ requestId, answer: resolve, fail: () => reject(new Error("it does not answer")) });
      return promise;
    },
    publish(event) {
      told.push(event);
      rows.see(event);
    },
  });
  return { rows, read, told };
}

test("a request that made progress, however often, is read and told once", async () => {
  const { rows, read, told } = open();
  rows.see(progressOf("r1"));
  rows.see(progressOf("r1"));
  rows.refresh();
  rows.refresh();
  expect(read).toHaveLength(1);
  read[0]?.answer(row("r1", 50));
  await rows.idle();
  expect(told).toEqual([{ type: "request", row: row("r1", 50) }]);
  rows.refresh();
  expect(read).toHaveLength(1);
});

test("what was read is not told over what was told meanwhile", async () => {
  const { rows, read, told } = open();
  rows.see(progressOf("r1"));
  rows.refresh();
  rows.see({ type: "request", row: { ...row("r1", 100), status: "completed" } });
  read[0]?.answer(row("r1", 90));
  await rows.idle();
  expect(told).toEqual([]);
});

test("what cannot be read, and what is gone, is not told, and the others are", async () => {
  const { rows, read, told } = open();
  for (const id of ["r1", "r2", "r3"]) rows.see(progressOf(id));
  rows.refresh();
  read[0]?.fail();
  read[1]?.answer(undefined);
  read[2]?.answer(row("r3", 30));
  await rows.idle();
  expect(told).toEqual([{ type: "request", row: row("r3", 30) }]);
});
