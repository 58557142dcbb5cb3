import { createFakeClock } from "@streamer/protocol/testing";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createTestTable } from "../testing/testTable.ts";
import { createRawTable } from "../testing/rawTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { TableError } from "./errors.ts";
import { createTenantRateStore } from "./tenantRateStore.ts";

const LIMIT = { messages: 2, windowMs: 10_000 };

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

function open() {
  const clock = createFakeClock();
  const store = createTenantRateStore(table, clock);
  const tenantId = crypto.randomUUID();
  const countTimes = async (count: number, tenant: string = tenantId) => {
    const answers: (number | undefined)[] = [];
    for (let index = 0; index < count; index += 1) answers.push(await store.count(tenant, LIMIT));
    return answers;
  };
  return { clock, store, tenantId, countTimes };
}

describe("a tenant's messages", () => {
  it("pass up to the limit of a window; those beyond are told how long it lasts", async () => {
    const { clock, countTimes } = open();
    await clock.advance(3_000);
    expect(await countTimes(4)).toEqual([undefined, undefined, 7_000, 7_000]);
    await clock.advance(7_000);
    expect(await countTimes(3)).toEqual([undefined, undefined, 10_000]);
  });

  it("are counted once each when they come at the same time", async () => {
    const { store, tenantId } = open();
    const answers = await Promise.all(Array.from({ length: 8 }, () => store.count(tenantId, LIMIT)));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(2);
  });

  it("are no other tenant's, whatever characters the names hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 2 }),
        async (names) => {
          const { countTimes, tenantId } = open();
          const [one, other] = names.map((name) => `${tenantId}${name}`);
          expect(await countTimes(3, one)).toEqual([undefined, undefined, 10_000]);
          expect(await countTimes(1, other)).toEqual([undefined]);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("leave a counter that expires with its window", async () => {
    const { clock, countTimes, tenantId } = open();
    await countTimes(1);
    const startedAt = String(clock.now()).padStart(15, "0");
    const item = await createRawTable(table).item(`tenant_rate#${tenantId}`, `window#${startedAt}`);
    expect(item).toMatchObject({ expires_at: { N: String(clock.now() / 1000 + 10) }, messages: { N: "1" } });
  });
});

it("a table that does not answer is told by the verb", async () => {
  const store = createTenantRateStore({ ...table, tableName: "no-such-table" }, createFakeClock());
  const error: unknown = await store.count("t", LIMIT).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TableError);
  expect(error).toMatchObject({ verb: "tenantRate.count" });
});
