import type { BatchItem } from "@streamer/protocol";
import { expect, test } from "vitest";
import { actionOf, complete, setUpConnected } from "../testing/setup.ts";
import { submitBatch } from "./submitBatch.ts";

test("an answer to cancel() that was overtaken by the end it speaks before does not undo that end", async () => {
  const { connection, client } = await setUpConnected();
  const batch = submitBatch(actionOf(client), [{}, {}], { id: "b1" });
  await connection.next();
  const of = (status: "pending" | "processing"): BatchItem[] =>
    [0, 1].map((n) => ({ n, status, ...(status === "pending" ? {} : { attempt: 1 }) }));
  connection.send({ type: "batch", batch_id: "b1", reply_to: "submit_batch", items: of("pending") });
  await batch.accepted();
  const cancelling = batch.cancel();
  await connection.next();
  connection.send(complete("done", "b1.0"));
  connection.send({ type: "cancelled", request_id: "b1.1" });
  connection.send({ type: "batch", batch_id: "b1", reply_to: "cancel_batch", items: of("processing") });
  await cancelling;
  expect(await batch.results()).toMatchObject([
    { status: "completed", data: "done" },
    { status: "cancelled", error: { code: "CANCELLED" } },
  ]);
  expect(batch.state).toMatchObject({ done: true, percentage: 100, counts: { running: 0, completed: 1, cancelled: 1 } });
});
