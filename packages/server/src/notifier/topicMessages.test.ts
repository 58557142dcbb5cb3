import { decodeServerMessage, encodeServerMessage } from "@streamer/protocol";
import { describe, expect, it } from "vitest";
import { eventMessages, presenceMessage } from "./topicMessages.ts";

const event = (id: string, data: unknown) => ({ id, data, timestamp: 1_700_000_000 });
const ada = { connection_id: "c1", user_id: "ada", since: 1_700_000_000 };

describe("the text of a message of a topic", () => {
  it("is what the codec would write of its events, whatever they hold", () => {
    const events = [event("e1", { text: 'quotes " and \\ and ü and \u2028' }), event("e2", null), event("e3", [1, { deep: [] }])];
    const messages = eventMessages("rooms/lobby", events);
    expect(messages).toHaveLength(1);
    for (const { message, text } of messages) {
      expect(text).toBe(encodeServerMessage(message));
      expect(decodeServerMessage(text)).toEqual({ ok: true, message });
    }
  });

  it("holds the events that its message holds, when they need several", () => {
    const events = Array.from({ length: 5 }, (_, index) => event(`e${index}`, "x".repeat(12_000)));
    const messages = eventMessages("rooms/lobby", events);
    expect(messages.map(({ message }) => message.events.length)).toEqual([2, 2, 1]);
    for (const { message, text } of messages) expect(text).toBe(encodeServerMessage(message));
  });

  it("says who came and left, and nothing when nobody did", () => {
    const written = presenceMessage("rooms/lobby", { joined: [ada], left: ["c2"] });
    expect(written?.text).toBe(JSON.stringify(written?.message));
    expect(written?.message).toEqual({ type: "presence", topic: "rooms/lobby", joined: [ada], left: ["c2"] });
    expect(presenceMessage("rooms/lobby", { joined: [ada], left: [] }, "c1")).toBeUndefined();
  });
});
