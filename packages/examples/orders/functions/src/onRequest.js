import { requestEventDetail } from "@streamer/server";
import * as v from "valibot";
/** Hears of every request that ended, whatever its action: here it only says so. */
export async function handler(event) {
  const { request_id, action, status } = v.parse(requestEventDetail, event.detail);
  console.info(JSON.stringify({ message: "A request has ended.", request_id, action, status }));
}
