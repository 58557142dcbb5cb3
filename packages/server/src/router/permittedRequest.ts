import { NotFoundError } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { Connection } from "../table/connectionStore.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { RequestRef, StoredRequest } from "../table/storedRequest.ts";

export interface PermittedRequestDeps {
  readonly requests: Pick<RequestStore, "get" | "getConsistent">;
  readonly clock: Pick<Clock, "now">;
}

/**
 * A request of the connection's own user; or of anyone of its tenant, when its token has this permission and has not expired.
 *
 * @throws {NotFoundError} when it does not exist, is of another tenant, or is somebody else's: all look alike.
 */
export async function permittedRequest(
  ref: RequestRef,
  connection: Connection,
  permission: string,
  { requests, clock }: PermittedRequestDeps,
): Promise<StoredRequest> {
  // A cheap read may miss what was acknowledged a moment ago; what looks missing is looked for once more.
  const request = (await requests.get(ref)) ?? (await requests.getConsistent(ref));
  if (request === undefined) throw new NotFoundError();
  if (request.userId === connection.userId) return request;
  const permitted = connection.permissions.includes(permission) && connection.tokenExpiresAt * 1000 > clock.now();
  if (!permitted) throw new NotFoundError();
  return request;
}
