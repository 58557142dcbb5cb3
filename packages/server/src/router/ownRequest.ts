import { NotFoundError } from "@streamer/protocol";
import type { Connection } from "../table/connectionStore.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { RequestRef, StoredRequest } from "../table/storedRequest.ts";

/**
 * A request of the connection's own user.
 *
 * @throws {NotFoundError} when it does not exist or belongs to somebody else: the two look alike.
 */
export async function ownRequest(ref: RequestRef, connection: Connection, requests: Pick<RequestStore, "get">): Promise<StoredRequest> {
  const request = await requests.get(ref);
  if (request === undefined || request.userId !== connection.userId) throw new NotFoundError();
  return request;
}
