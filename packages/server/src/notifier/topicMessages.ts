import { encodeServerMessage, EVENT_ENVELOPE_BYTES, MAX_CHUNK_BYTES } from "@streamer/protocol";
import type { EventMessage, PresenceMessage, TopicEvent, TopicMember } from "@streamer/protocol";

const MAX_EVENTS_BYTES = MAX_CHUNK_BYTES - EVENT_ENVELOPE_BYTES;
/** Of one event, beside its data: id, timestamp, names. An event of the largest data still has a message of its own. */
const COMMA_BYTES = 1;

/** A message and its JSON, written once, however many are told. */
export interface WrittenMessage<Message extends EventMessage | PresenceMessage = EventMessage | PresenceMessage> {
  readonly message: Message;
  readonly text: string;
}

/** Events in as few messages as hold them, each under 32 KB: that is what API Gateway counts as one. */
export function eventMessages(topic: string, events: readonly TopicEvent[]): readonly WrittenMessage<EventMessage>[] {
  const packs: { readonly events: TopicEvent[]; readonly texts: string[]; sizeBytes: number }[] = [];
  for (const event of events) {
    const text = JSON.stringify(event);
    const sizeBytes = Buffer.byteLength(text) + COMMA_BYTES;
    const last = packs.at(-1);
    if (last !== undefined && last.sizeBytes + sizeBytes <= MAX_EVENTS_BYTES) {
      last.events.push(event);
      last.texts.push(text);
      last.sizeBytes += sizeBytes;
    } else packs.push({ events: [event], texts: [text], sizeBytes });
  }
  // Of what was read by its schema a moment ago: its parts are put together as they are.
  return packs.map((pack) => ({
    message: { type: "event", topic, events: pack.events },
    text: `{"type":"event","topic":${JSON.stringify(topic)},"events":[${pack.texts.join(",")}]}`,
  }));
}

/** Who came and left, to all others; nobody hears of themselves. `undefined` when there is nothing to say. */
export function presenceMessage(
  topic: string,
  { joined, left }: { readonly joined: readonly TopicMember[]; readonly left: readonly string[] },
  receiver?: string,
): WrittenMessage<PresenceMessage> | undefined {
  const others = joined.filter((member) => member.connection_id !== receiver);
  if (others.length === 0 && left.length === 0) return undefined;
  const message: PresenceMessage = { type: "presence", topic, joined: [...others], left: [...left] };
  return { message, text: encodeServerMessage(message) };
}
