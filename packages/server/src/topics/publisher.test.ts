import { createFakeClock } from "@streamer/protocol/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TopicEventDetail } from "../pipe/topicEvent.ts";
import { startEventsEndpoint } from "../testing/eventsEndpoint.ts";
import type { EventsEndpoint } from "../testing/eventsEndpoint.ts";
import { PublishFailedError } from "./errors.ts";
import { createPublisher } from "./publisher.ts";

let endpoint: EventsEndpoint;
beforeEach(async () => {
  endpoint = await startEventsEndpoint();
});
afterEach(() => endpoint.close());

const detail = (id: number): TopicEventDetail => ({
  kind: "published",
  tenant_id: "t",
  topic: "news",
  id: `${id}`,
  data: id,
  timestamp: 1,
});
function open() {
  const clock = createFakeClock();
  const client = { endpoint: endpoint.url, region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "s" }, maxAttempts: 1 };
  return { clock, publisher: createPublisher({ busName: () => "the-bus", client }, { clock }) };
}

test("an event is put on the bus as our rules know it", async () => {
  await open().publisher.publish([detail(1)]);
  expect(endpoint.calls).toEqual([
    [{ EventBusName: "the-bus", Source: "streamer", DetailType: "streamer.topic", Detail: JSON.stringify(detail(1)) }],
  ]);
});

test("more than ten are one call for each ten, in order", async () => {
  const details = Array.from({ length: 23 }, (_, index) => detail(index));
  await open().publisher.publish(details);
  expect(endpoint.calls.map((entries) => entries.length)).toEqual([10, 10, 3]);
  expect(endpoint.calls.flat().map((entry) => entry.Detail)).toEqual(details.map((one) => JSON.stringify(one)));
});

test("nothing to say is no call, and needs no bus", async () => {
  const noBus = (): string => {
    throw new Error("there is no bus");
  };
  await createPublisher({ busName: noBus }, { clock: createFakeClock() }).publish([]);
  expect(endpoint.calls).toEqual([]);
});

test("an entry that the bus refuses is tried again, by itself, and then given up", async () => {
  const { clock, publisher } = open();
  endpoint.refuse(0, "ThrottlingException");
  const done = publisher.publish([detail(1), detail(2)]).catch((error: unknown) => error);
  await expect.poll(() => clock.pending).toBeGreaterThan(0);
  await clock.advance(100);
  await expect.poll(() => endpoint.calls.length).toBe(2);
  await expect.poll(() => clock.pending).toBeGreaterThan(0);
  await clock.advance(200);
  expect(await done).toBeInstanceOf(PublishFailedError);
  expect(await done).toMatchObject({
    code: "SERVICE_UNAVAILABLE",
    cause: { message: "The bus refused 1 of 1 events: ThrottlingException." },
  });
  expect(endpoint.calls.map((entries) => entries.length)).toEqual([2, 1, 1]);
});

test("a bus that does not answer is SERVICE_UNAVAILABLE", async () => {
  endpoint.fail(500, 1);
  await expect(open().publisher.publish([detail(1)])).rejects.toBeInstanceOf(PublishFailedError);
});
