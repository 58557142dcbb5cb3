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
  if (!isPermitted(request, connection, permission, clock)) throw new NotFoundError();
  return request;
}

/** The same for many, each in its place; `undefined` for those that one alone would not be found. */
export async function permittedRequests(
  refs: readonly RequestRef[],
  connection: Connection,
  permission: string,
  { requests, clock }: Pick<PermittedRequestDeps, "clock"> & { readonly requests: Pick<RequestStore, "getMany"> },
): Promise<readonly (StoredRequest | undefined)[]> {
  const found = await requests.getMany(refs);
  const missing = refs.filter((_, index) => found[index] === undefined);
  const again = (await requests.getMany(missing, { consistent: true })).values();
  return found.map((first) => {
    const request = first ?? again.next().value;
    return request !== undefined && isPermitted(request, connection, permission, clock) ? request : undefined;
  });
}

function isPermitted(request: StoredRequest, connection: Connection, permission: string, clock: Pick<Clock, "now">): boolean {
  if (request.userId === connection.userId) return true;
  return connection.permissions.includes(permission) && connection.tokenExpiresAt * 1000 > clock.now();
}
