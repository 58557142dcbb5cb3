import { NotFoundError, REQUESTS_READ } from "@streamer/protocol";
import type { requestActions } from "@streamer/protocol";
import type { SyncHandlers } from "../router/handlers.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import { listPage } from "./listRequests.ts";
import { requestView } from "./requestView.ts";

/** What the handlers of `get_request` and `list_requests` need of the world. */
export interface RequestActionsDeps {
  readonly requests: Pick<RequestStore, "getConsistent" | "listCreated">;
}

/** The handlers of the short actions that come with the server, `get_request` and `list_requests`; for an app that has these among its own. */
export function createRequestActions({ requests }: RequestActionsDeps): SyncHandlers<typeof requestActions> {
  return {
    async getRequest({ input, tenantId, userId, permissions }) {
      const request = await requests.getConsistent({ tenantId, requestId: input.request_id });
      const permitted = request !== undefined && (request.userId === userId || permissions.includes(REQUESTS_READ));
      if (!permitted) throw new NotFoundError();
      return requestView(request);
    },
    listRequests: (context) => listPage(context, requests),
  };
}
