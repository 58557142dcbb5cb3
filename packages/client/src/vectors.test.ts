import { describe, expect, onTestFinished, test } from "vitest";
import { BATCH_CHECKS } from "./batch/checks.ts";
import { createVectorClient } from "./testing/vectorClient.ts";
import { readClientVectors, readServerMessages } from "./testing/vectorFiles.ts";
import { TOPIC_CHECKS } from "./topics/checks.ts";
import { readMessage } from "./wire/readMessage.ts";

const files = readClientVectors();
/** Of a page that uses all there is. */
const MORE = new Map(Object.entries({ ...TOPIC_CHECKS, ...BATCH_CHECKS }));

test("there are conversations to run", () => {
  expect(files.flatMap(({ vectors }) => vectors).length).toBeGreaterThan(50);
});

describe.each(files)("$file", ({ vectors }) => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", async (_, vector) => {
    const driven = createVectorClient(vector);
    onTestFinished(() => void driven.client.close());
    for (const [index, step] of vector.steps.entries()) {
      await driven.step(step).catch((cause: unknown) => {
        throw new Error(
          `Step ${index + 1}, ${JSON.stringify(step).slice(0, 300)}: ${cause instanceof Error ? cause.message : String(cause)}`,
          { cause },
        );
      });
    }
    expect(await driven.unread(), "the client writes nothing more").toEqual([]);
  });
});

describe("a server's frame is read as the vector says:", () => {
  const read = (text: string): object => {
    const message = readMessage(text, MORE);
    if (message === undefined) return { ignored: true };
    return "connectionId" in message ? { gateway: true } : { message };
  };
  // Of fields that it does not know this client keeps what came.
  test.each(readServerMessages().map((vector) => [vector.name, vector] as const))("%s", (_, { text, json, expect: expected }) => {
    expect(read(text ?? JSON.stringify(json))).toMatchObject(expected);
  });
});
