import type { DeadLetters } from "../../contract.ts";

export type DeadRequest = DeadLetters["requests"][number];

export interface CodeGroup {
  readonly code: string;
  readonly requests: readonly DeadRequest[];
}

/** What failed by the code that it failed with, the commonest first; within it the last failed first. */
export function byCode(requests: readonly DeadRequest[]): readonly CodeGroup[] {
  const groups = Map.groupBy(requests, ({ errorCode }) => errorCode ?? "no code");
  return Array.from(groups, ([code, ofCode]) => ({
    code,
    requests: ofCode.toSorted((one, other) => failedAt(other) - failedAt(one)),
  })).toSorted((one, other) => other.requests.length - one.requests.length || one.code.localeCompare(other.code));
}

export function failedAt({ endedAt, createdAt }: Pick<DeadRequest, "endedAt" | "createdAt">): number {
  return endedAt ?? createdAt;
}

/** Whether nothing at all is dead. */
export function isAllWell({ requests, queues, pipe }: DeadLetters): boolean {
  return requests.length === 0 && pipe === 0 && queues.every(({ messages }) => messages === 0);
}
