import { randomUUID } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { EVENT_DETAIL_TYPE, EVENT_SOURCE, pendingEventDetail, tenantGroup, WORK_SHARDS } from "@streamer/server";
import type { RequestStore, StoredRequest } from "@streamer/server";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "./functionEnv.ts";

export interface RecoverWorkDeps {
  readonly requests: Pick<RequestStore, "listOpen" | "release">;
  readonly sqs: SQSClient;
  /** Action → URL of its queue. */
  readonly queueUrls: ReadonlyMap<string, string>;
  /**
   * Whether this stack is the only one that ever ran workers on the table. Then every lease in it is of a worker that died with the last
   * run, and need not be waited for.
   */
  readonly soleOwner: boolean;
}

/**
 * Puts the open work of the table back into the queues, which do not outlive the process. A message too many does no harm: only one
 * worker can claim a request. Gives how many were put back.
 */
export async function recoverWork(deps: RecoverWorkDeps): Promise<number> {
  let recovered = 0;
  for (let shard = 0; shard < WORK_SHARDS; shard += 1) {
    let cursor: string | undefined;
    do {
      const page = await deps.requests.listOpen(shard, { cursor });
      for (const request of page.items) {
        const queueUrl = deps.queueUrls.get(request.action);
        if (queueUrl === undefined) continue;
        if (request.status === "processing" && deps.soleOwner) await deps.requests.release(request, request.attempt);
        await deps.sqs.send(
          new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message(request), MessageGroupId: tenantGroup(request.tenantId) }),
        );
        recovered += 1;
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  return recovered;
}

/** The message that the request's event would have become. */
function message(request: StoredRequest): string {
  return JSON.stringify({
    version: "0",
    id: randomUUID(),
    "detail-type": EVENT_DETAIL_TYPE,
    source: EVENT_SOURCE,
    account: LOCAL_ACCOUNT,
    time: new Date(request.createdAt).toISOString(),
    region: LOCAL_REGION,
    resources: [],
    detail: pendingEventDetail(request),
  });
}
