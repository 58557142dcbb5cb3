import type { SQSRecord } from "aws-lambda";
import type { TopicEvent, TopicMember } from "@streamer/protocol";
import type { TopicRef } from "../table/topicStore.ts";
import type { Told } from "./told.ts";

/** All that a batch says of one topic: its subscribers are read once. */
export interface TopicGroup {
  readonly ref: TopicRef;
  readonly topic: string;
  readonly events: TopicEvent[];
  readonly joined: TopicMember[];
  /** Connection ids. */
  readonly left: string[];
  /** The messages of the queue that say it. */
  readonly messageIds: Set<string>;
  /** Of the requests, and whatever else, that they came from. */
  readonly correlationIds: Set<string>;
}

export function groupByTopic(batch: readonly { readonly record: SQSRecord; readonly told: readonly Told[] }[]): readonly TopicGroup[] {
  const groups = new Map<string, TopicGroup>();
  for (const { record, told } of batch) {
    for (const one of told) {
      const group = groupOf(groups, one);
      group.messageIds.add(record.messageId);
      if (one.correlationId !== undefined) group.correlationIds.add(one.correlationId);
      add(group, one);
    }
  }
  return [...groups.values()];
}

function groupOf(groups: Map<string, TopicGroup>, { ref, topic }: Told): TopicGroup {
  const id = JSON.stringify([ref.tenantId, ref.key]);
  const known = groups.get(id);
  if (known !== undefined) return known;
  const made = { ref, topic, events: [], joined: [], left: [], messageIds: new Set<string>(), correlationIds: new Set<string>() };
  groups.set(id, made);
  return made;
}

/** The bus and the queue deliver at least once: what came twice within a batch is told once. */
function add({ events, joined, left }: TopicGroup, { what }: Told): void {
  if (what.kind === "event") {
    if (!events.some(({ id }) => id === what.event.id)) events.push(what.event);
  } else if (what.kind === "joined") {
    if (!joined.some((member) => member.connection_id === what.member.connection_id)) joined.push(what.member);
  } else if (!left.includes(what.member.connection_id)) left.push(what.member.connection_id);
}
