import { ASSUMPTIONS as A } from "../costs/assumptions.ts";
import { SCENARIOS } from "../costs/scenarios.ts";
import { sum, write } from "../costs/usage.ts";
import type { Usage } from "../costs/usage.ts";

/** Writes of one asynchronous request, where they go: the table itself or an index of it. */
export interface WriteRow {
  readonly what: string;
  /** Write units in the table itself, each of which is a record of the stream when it is a write of its own. */
  readonly table: number;
  /** How many writes these are: records of the stream. */
  readonly records: number;
  readonly gsi1: number;
  readonly gsi2: number;
  readonly gsi3: number;
  readonly gsi4: number;
}

const units = (bytes: number): number => write(bytes).tableWrites ?? 0;
const heartbeats = Math.floor(A.workSeconds / A.heartbeatEverySeconds);
const requestUnits = units(A.requestItemBytes);
const none = { gsi1: 0, gsi2: 0, gsi3: 0, gsi4: 0 };

/** The same steps as in the costs, by where they write; a test holds the two against each other. */
export const WRITES: readonly WriteRow[] = [
  { what: "connection: the message is counted", table: units(A.connectionItemBytes), records: 1, ...none },
  { what: "request: submit", table: requestUnits, records: 1, gsi1: 1, gsi2: 1, gsi3: 1, gsi4: 1 },
  // The sort key of the open work changes: the old entry goes, the new one comes.
  { what: "request: claim", table: requestUnits, records: 1, ...none, gsi4: 2 },
  { what: `request: ${heartbeats} heartbeats`, table: heartbeats * requestUnits, records: heartbeats, ...none },
  { what: `${A.updates} updates`, table: A.updates * units(A.updateItemBytes), records: A.updates, ...none },
  { what: "request: settle", table: requestUnits, records: 1, ...none, gsi4: 1 },
  { what: "connection: posts are counted", table: units(A.connectionItemBytes), records: 1, ...none },
];

export type Place = "table" | "gsi1" | "gsi2" | "gsi3" | "gsi4";

export function writesTo(place: Place): number {
  return WRITES.reduce((total, row) => total + row[place], 0);
}

/** Records of the stream, of which only two pass the Pipe's filter. */
export const RECORDS_PER_REQUEST = WRITES.reduce((total, row) => total + row.records, 0);

const [asynchronous, , , requestTopics] = SCENARIOS;

/** What one asynchronous request takes of what is billed, without the topics of requests. */
export const REQUEST: Usage = sum(...(asynchronous?.steps ?? []).map(({ usage }) => usage));
/** What the topics of requests add to it. */
export const TOPICS: Usage = sum(...(requestTopics?.steps ?? []).map(({ usage }) => usage));
/** Bytes of log of both. */
export const LOG_BYTES = (asynchronous?.logBytes ?? 0) + (requestTopics?.logBytes ?? 0);

/** Transitions that reach the bus: pending, and the end. */
export const EVENTS_PER_REQUEST = REQUEST.events ?? 0;
/** Matches of rules: its action's takes the first, the notifier's takes both. */
export const MATCHES_PER_REQUEST = 1 + EVENTS_PER_REQUEST;
/** Frames that are pushed: updates and the end. The answer to a frame is none: it is the route's own response. */
export const POSTS_PER_REQUEST = A.updates + 1;
