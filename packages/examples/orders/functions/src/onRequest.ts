import { requestEventDetail } from "@streamer/server";
import type { EventBridgeEvent } from "aws-lambda";
import * as v from "valibot";

/** Hears of every request that ended, whatever its action: here it only says so. */
export async function handler(event: EventBridgeEvent<string, unknown>): Promise<void> {
  const { request_id, action, status } = v.parse(requestEventDetail, event.detail);
  console.info(JSON.stringify({ message: "A request has ended.", request_id, action, status }));
}
