import { createTestServer, createTestToken } from "../index.ts";
import { membersByUser, subscribeTopic } from "../../index.ts";
import type { TopicClient } from "../../index.ts";
import type { EventOf } from "@streamer/protocol";
import { expect, onTestFinished, test, vi } from "vitest";
import { actions } from "./actions.ts";
import { reportRoom } from "./topics.ts";

type Comment = EventOf<typeof reportRoom>;

/** The comments on a report, kept up to date. What is fetched and what comes live are told apart by nothing but their ids. */
function followComments(client: TopicClient, report: string, fetchComments: () => Promise<readonly Comment[]>) {
  const comments = new Map<string, string>();
  const add = ({ comment_id, text }: Comment): void => void comments.set(comment_id, text);
  const room = subscribeTopic<Comment>(client, `reports/${report}`);
  let wasThere = false;
  room.onEvent(({ data }) => add(data));
  // Each time that the subscription is there, for the first time or again: from here on nothing is missed, so fetch what was before.
  room.onChange(() => {
    const isThere = room.state === "subscribed";
    if (isThere && !wasThere) void fetchComments().then((found) => found.forEach(add));
    wasThere = isThere;
  });
  return { comments, room };
}

function startServer() {
  const server = createTestServer({ actions, topics: [reportRoom] });
  onTestFinished(() => server.close());
  const connect = (sub: string) => server.connectClient({ token: createTestToken({ sub, permissions: ["reports:read"] }) });
  return { server, connect };
}

test("comments come as they are made, and those that were missed are fetched", async () => {
  const { server, connect } = startServer();
  const stored: Comment[] = [{ comment_id: "1", text: "First!" }];
  const { comments } = followComments(connect("ada"), "q3", async () => stored);
  await vi.waitFor(() => expect([...comments.values()]).toEqual(["First!"]));
  server.publish(reportRoom.at("q3"), { comment_id: "2", text: "Looks good." });
  await vi.waitFor(() => expect(comments.size).toBe(2));
  server.dropConnections();
  stored.push({ comment_id: "2", text: "Looks good." }, { comment_id: "3", text: "Nobody heard this." });
  await vi.waitFor(() => expect([...comments.values()]).toEqual(["First!", "Looks good.", "Nobody heard this."]));
});

test("who looks at the report is shown, a user with two tabs once", async () => {
  const { connect } = startServer();
  const room = subscribeTopic(connect("ada"), "reports/q3");
  const users = () => membersByUser(room.members).map(({ userId }) => userId);
  await vi.waitFor(() => expect(users()).toEqual(["ada"]));
  const bob = connect("bob");
  subscribeTopic(bob, "reports/q3");
  subscribeTopic(connect("ada"), "reports/q3");
  await vi.waitFor(() => expect(room.members).toHaveLength(3));
  expect(users().toSorted()).toEqual(["ada", "bob"]);
  await bob.$client.close();
  await vi.waitFor(() => expect(users()).toEqual(["ada"]));
});

test("every change of the user's requests is told, whoever sent them", async () => {
  const { server, connect } = startServer();
  server.on("generate_report", (request) => request.complete({ url: "u" }));
  const stop = new AbortController();
  const requests = subscribeTopic(connect("ada"), "requests");
  await vi.waitFor(() => expect(requests.state).toBe("subscribed"));
  const events = requests.events({ signal: stop.signal });
  connect("ada").generateReport.submit({ start_date: "2024-01-01", end_date: "2024-01-31" });
  for await (const { data } of events) if (data.status === "completed") stop.abort();
  expect(stop.signal.aborted).toBe(true);
});

test("whoever lacks the permission is refused, and told why", async () => {
  const { server } = startServer();
  const room = subscribeTopic(server.connectClient({ token: createTestToken() }), "reports/q3");
  await vi.waitFor(() => expect(room.state).toBe("refused"));
  expect(room.error).toMatchObject({ code: "FORBIDDEN", details: { missing: ["reports:read"] } });
});
