import { openRecordedSocket } from "../clients/recordedSocket.ts";
import type { Person } from "../clients/recordedSocket.ts";
import { isOwnMark } from "../checker/history.ts";
import type { Frame, Transcript, Wanted } from "../checker/history.ts";

export interface AuditOptions {
  readonly person: Person;
  readonly url: string;
  readonly token: string;
  readonly wanted: readonly Wanted[];
}

const ANSWER_MS = 20_000;
const AT_A_TIME = 8;
/** A person asks for so many requests of others. */
const FOREIGN_REQUESTS = 10;

/** In the calm a person asks for all of each of their requests, from its start, and for some of others'. */
export async function audit({ person, url, token, wanted }: AuditOptions): Promise<Transcript> {
  const waiting = new Map<string, (frame: Frame) => void>();
  const onFrame = (frame: Frame): void => {
    if (frame["type"] === "subscribed" || frame["type"] === "error") waiting.get(String(frame["request_id"]))?.(frame);
  };
  const connection = `audit.${person.tenant}.${person.user}`;
  const socket = await openRecordedSocket({ ...person, url, token, connection, audit: true, onFrame });
  const ask = async (requestId: string, after: number): Promise<Frame> => {
    const answer = Promise.withResolvers<Frame>();
    waiting.set(requestId, answer.resolve);
    // Without an answer the checker finds that the outcome was not given.
    const late = setTimeout(() => answer.resolve({}), ANSWER_MS);
    socket.send({ type: "subscribe", request_id: requestId, after });
    return answer.promise.finally(() => clearTimeout(late));
  };
  const isOwn = (one: Wanted): boolean => isOwnMark(one.mark, person);
  const own = wanted.filter(isOwn);
  const ownIds = new Set(own.map(({ requestId }) => requestId));
  try {
    const askForAll = async ({ requestId }: Wanted): Promise<void> => {
      let after = 0;
      for (let page = await ask(requestId, after); page["more"] === true; page = await ask(requestId, after)) {
        const updates = page["updates"] as readonly Frame[];
        after = Number(updates.at(-1)?.["sequence"] ?? after);
      }
    };
    for (let at = 0; at < own.length; at += AT_A_TIME) await Promise.all(own.slice(at, at + AT_A_TIME).map(askForAll));
    const foreign = wanted.filter((one) => !isOwn(one) && !ownIds.has(one.requestId)).slice(0, FOREIGN_REQUESTS);
    await Promise.all([...new Set(foreign.map(({ requestId }) => requestId))].map((requestId) => ask(requestId, 0)));
  } finally {
    await socket.close();
  }
  return socket.transcript;
}
