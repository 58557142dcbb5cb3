import type { Socket } from "../servers/sockets.ts";
import { inParallel } from "../servers/sockets.ts";
import { percentilesOf } from "../suite/percentile.ts";
import type { Percentiles } from "../suite/percentile.ts";

/** What is sent over open connections, and how an answer is told from a refusal. */
export interface Conversation {
  readonly name: string;
  readonly sockets: readonly Socket[];
  readonly frame: string;
  readonly isAnswer: (answer: string) => boolean;
}

export interface RoundTrips extends Percentiles {
  /** Messages that were answered. */
  readonly perSecond: number;
}

export interface RoundTripOptions {
  readonly rounds: number;
  /** In each round, of each conversation: one after the other. */
  readonly oneByOne: number;
  /** In each round, of each conversation: `atOnce` at a time. */
  readonly together: number;
  readonly atOnce: number;
}

/**
 * Round trips of each conversation: their time with one message on its way, over all connections in turn; and how many are answered in a
 * second with several on their way, each on a connection of its own. The conversations take turns, so that a busy moment of the machine meets
 * all of them alike.
 *
 * @throws when something else than an answer comes.
 */
export async function measureRoundTrips(
  conversations: readonly Conversation[],
  { rounds, oneByOne, together, atOnce }: RoundTripOptions,
): Promise<ReadonlyMap<string, RoundTrips>> {
  const samples = new Map<string, number[]>(conversations.map(({ name }) => [name, []]));
  const spentMs = new Map<string, number>(conversations.map(({ name }) => [name, 0]));
  // One round more than counts: code that has run before is what a system that is used consists of.
  for (let round = -1; round < rounds; round += 1) {
    for (const conversation of conversations) {
      const times = await latencies(conversation, oneByOne, round);
      const tookMs = await timeOf(conversation, together, atOnce);
      if (round < 0) continue;
      samples.get(conversation.name)?.push(...times);
      spentMs.set(conversation.name, (spentMs.get(conversation.name) ?? 0) + tookMs);
    }
  }
  return new Map(
    conversations.map(({ name }) => [
      name,
      { ...percentilesOf(samples.get(name) ?? []), perSecond: (rounds * together * 1_000) / (spentMs.get(name) ?? Number.NaN) },
    ]),
  );
}

async function latencies(conversation: Conversation, count: number, round: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const socket = at(conversation.sockets, Math.max(0, round) * count + index);
    const startedAt = performance.now();
    await askOn(conversation, socket);
    times.push(performance.now() - startedAt);
  }
  return times;
}

async function timeOf(conversation: Conversation, count: number, atOnce: number): Promise<number> {
  const { sockets } = conversation;
  const lanes = Math.min(atOnce, sockets.length);
  // Each has connections of its own: a connection has one message on its way at a time, so that answers cannot be taken for each other.
  const own = Array.from({ length: lanes }, (_, lane) => sockets.filter((_socket, index) => index % lanes === lane));
  const startedAt = performance.now();
  await inParallel(lanes, lanes, async (lane) => {
    for (let index = lane; index < count; index += lanes) await askOn(conversation, at(own[lane] ?? [], Math.floor(index / lanes)));
  });
  return performance.now() - startedAt;
}

/** Counts round them. */
function at(sockets: readonly Socket[], index: number): Socket {
  const socket = sockets[index % sockets.length];
  if (socket === undefined) throw new Error("No connection is open.");
  return socket;
}

async function askOn({ name, frame, isAnswer }: Conversation, socket: Socket): Promise<void> {
  const answer = await socket.ask(frame);
  if (!isAnswer(answer)) throw new Error(`"${name}" was answered with ${answer.slice(0, 300)}`);
}
