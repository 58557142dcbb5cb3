import { isTerminal } from "@streamer/protocol";
import { NEW_ASK } from "./world.ts";
import type { Client, Message, Rules, Snapshot, Update } from "./world.ts";

export type ClientRules = Pick<Rules, "heals">;

/** A message arrives live. */
export function arrive(client: Client, message: Message, rules: ClientRules): Client {
  if (!rules.heals) return receive(client, message);
  return client.ask === undefined ? take(client, message) : { ...client, held: [...client.held, message] };
}

/** The answer to its question arrives: what was read of the log, and the outcome if the request had ended. */
export function answered(client: Client, updates: readonly Update[], status: Snapshot | undefined, rules: ClientRules): Client {
  const page = updates.map((update): Message => ({ kind: "update", update }));
  const outcome: readonly Message[] =
    status !== undefined && isTerminal(status.status) ? [{ kind: "outcome", attempt: status.attempt, last: status.last }] : [];
  if (!rules.heals) return [...page, ...outcome].reduce(receive, { ...client, ask: undefined });
  const held = client.held.filter((message) => message.kind === "update").toSorted((a, b) => a.update.sequence - b.update.sequence);
  // The outcome that was read may be older than these.
  const later = client.held.filter((message) => message.kind !== "update");
  let now: Client = { ...client, ask: undefined, held: [] };
  for (const message of page) now = take(now, message, true);
  for (const message of [...held, ...outcome, ...later]) {
    now = now.ask === undefined ? take(now, message) : { ...now, held: [...now.held, message] };
  }
  return now;
}

/** That it came is all that counts, in whatever order. */
function receive(client: Client, message: Message): Client {
  if (message.kind === "outcome") return { ...client, outcomeReceived: Math.max(client.outcomeReceived, message.attempt) };
  if (message.kind === "status" || client.received.includes(message.update.sequence)) return client;
  return { ...client, received: [...client.received, message.update.sequence].toSorted((a, b) => a - b) };
}

function take(client: Client, message: Message, replayed = false): Client {
  switch (message.kind) {
    case "update": {
      const { sequence, previous, attempt } = message.update;
      if (client.ended > 0 || attempt < client.attempt || sequence <= client.last) return client;
      // A replay has all there is: what is missing before its updates is not of the line.
      if (!replayed && previous > client.last) return missing(client, message);
      return { ...client, last: sequence, attempt, taken: [...client.taken, sequence] };
    }
    case "outcome":
      if (client.ended > 0) return client;
      if (message.last > client.last) return missing(client, message);
      return { ...client, ended: message.attempt, taken: [...client.taken, "end"] };
    case "status":
      if (message.status !== "pending") return client;
      return { ...client, ask: NEW_ASK, ended: 0, taken: client.ended > 0 ? [...client.taken, "again"] : client.taken };
  }
}

/** Asks again; what showed it is held until the answer. */
function missing(client: Client, message: Message): Client {
  return { ...client, ask: NEW_ASK, held: [...client.held, message] };
}
