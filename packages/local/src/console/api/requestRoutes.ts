import { createRequestStore, createSubscriptionStore, createUpdateStore } from "@streamer/server";
import type { RequestRef } from "@streamer/server";
import { createRequestAdmin } from "../../cli/requests/requestAdmin.ts";
import type { Change } from "../../cli/requests/requestAdmin.ts";
import { createWatchers } from "../../cli/requests/watchers.ts";
import type { Page, RequestRow } from "../contract.ts";
import { ConsoleProblem } from "../http/consoleProblem.ts";
import type { Call, Route } from "../http/routes.ts";
import type { ConsoleParts } from "./consoleParts.ts";
import { requestDetail } from "./requestDetail.ts";
import { filterOf, listRequestPage } from "./requestList.ts";
import { toLiveRow } from "./requestRow.ts";

/** Looking at requests, and what is done to one: as `streamer requests` does it. */
export function requestRoutes(parts: ConsoleParts): readonly Route[] {
  const { table, managementApi, controls, clock } = parts;
  const requests = createRequestStore(table, clock);
  const updates = createUpdateStore(table);
  const subscriptions = createSubscriptionStore(table);
  // What kept a message from a watcher is in the stack's log.
  const admin = () => createRequestAdmin({ requests, updates, tell: createWatchers({ table, managementApi }).tell });

  const command = (name: string, run: (ref: RequestRef) => Promise<void>): Route => ({
    method: "POST",
    path: `requests/:tenantId/:requestId/${name}`,
    async run(call) {
      await run(refOf(call));
      return {};
    },
  });

  return [
    {
      method: "GET",
      path: "requests",
      async run({ query }): Promise<Page<RequestRow>> {
        const { items, ...rest } = await listRequestPage(filterOf(query), { table, requests });
        return { items: await Promise.all(items.map((request) => toLiveRow(request, updates))), ...rest };
      },
    },
    {
      method: "GET",
      path: "requests/:tenantId/:requestId",
      async run(call) {
        const ref = refOf(call);
        const request = await requests.getConsistent(ref);
        if (request === undefined) throw unknownRequest(ref);
        return requestDetail(request, { ...parts, requests, updates, subscriptions });
      },
    },
    command("cancel", async (ref) => check(ref, await admin().cancel(ref, "by an operator"), "cancelled")),
    command("redrive", async (ref) => check(ref, await admin().redrive(ref, false), "redriven")),
    command("kill-worker", async (ref) => {
      if (controls.killWorker(ref.tenantId, ref.requestId)) return;
      if ((await requests.getConsistent(ref)) === undefined) throw unknownRequest(ref);
      throw new ConsoleProblem("CONFLICT", `No worker runs request ${ref.requestId} now. Submit one that takes a while, and be quick.`);
    }),
  ];
}

function refOf({ params: { tenantId = "", requestId = "" } }: Call): RequestRef {
  return { tenantId, requestId };
}

function unknownRequest({ tenantId, requestId }: RequestRef): ConsoleProblem {
  return new ConsoleProblem("NOT_FOUND", `There is no request ${requestId} of tenant ${tenantId}. It may have expired.`);
}

/** @throws {ConsoleProblem} unless it is done. */
function check(ref: RequestRef, change: Change | undefined, wanted: "cancelled" | "redriven"): void {
  if (change === undefined) throw unknownRequest(ref);
  if (change.outcome !== "refused") return;
  const which = wanted === "cancelled" ? "Only one that waits or runs" : "Only one that failed or was cancelled";
  throw new ConsoleProblem("CONFLICT", `Request ${ref.requestId} is ${change.request.status}. ${which} can be ${wanted}.`);
}
