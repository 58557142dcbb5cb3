import { byteLength, EVENT_ENVELOPE_BYTES, MAX_CHUNK_BYTES } from "@streamer/protocol";
import type { EventMessage, PresenceMessage, TopicEvent, TopicMember } from "@streamer/protocol";

const MAX_EVENTS_BYTES = MAX_CHUNK_BYTES - EVENT_ENVELOPE_BYTES;
/** Of one event, beside its data: id, timestamp, names. An event of the largest data still has a message of its own. */
const COMMA_BYTES = 1;

/** Events in as few messages as hold them, each under 32 KB: that is what API Gateway counts as one. */
export function eventMessages(topic: string, events: readonly TopicEvent[]): readonly EventMessage[] {
  const packs: { readonly events: TopicEvent[]; sizeBytes: number }[] = [];
  for (const event of events) {
    const sizeBytes = byteLength(JSON.stringify(event)) + COMMA_BYTES;
    const last = packs.at(-1);
    if (last !== undefined && last.sizeBytes + sizeBytes <= MAX_EVENTS_BYTES) {
      last.events.push(event);
      last.sizeBytes += sizeBytes;
    } else packs.push({ events: [event], sizeBytes });
  }
  return packs.map((pack) => ({ type: "event", topic, events: pack.events }));
}

/** Who came and left, to all others; nobody hears of themselves. `undefined` when there is nothing to say. */
export function presenceMessage(
  topic: string,
  { joined, left }: { readonly joined: readonly TopicMember[]; readonly left: readonly string[] },
  receiver?: string,
): PresenceMessage | undefined {
  const others = joined.filter((member) => member.connection_id !== receiver);
  if (others.length === 0 && left.length === 0) return undefined;
  return { type: "presence", topic, joined: [...others], left: [...left] };
}
