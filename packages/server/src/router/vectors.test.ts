import { beforeAll, expect, test } from "vitest";
import { createTestTable } from "../testing/testTable.ts";
import { createVectorServer, readServerVectors } from "../testing/vectorServer.ts";
import type { TableConfig } from "../table/entities/model.ts";

const vectors = readServerVectors();

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

test("there are conversations to run", () => {
  expect(vectors.length).toBeGreaterThan(25);
});

test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", async (_, vector) => {
  const server = createVectorServer(table);
  for (const [index, step] of vector.steps.entries()) {
    await server.step(step).catch((cause: unknown) => {
      throw new Error(
        `Step ${index + 1}, ${JSON.stringify(step).slice(0, 300)}: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    });
  }
  expect(server.unread(), "the server sends nothing more").toEqual([]);
});
