import { isTerminal, MAX_CANCEL_REASON_CHARS, systemClock } from "@streamer/protocol";
import type { RequestStatus } from "@streamer/protocol";
import { createRequestStore, createUpdateStore } from "@streamer/server";
import type { RequestRef, StoredRequest } from "@streamer/server";
import { explained, rootOf } from "../explained.ts";
import { CommandError, EXIT } from "../failure.ts";
import { openTarget } from "../target.ts";
import type { TargetOptions } from "../target.ts";
import { createRequestAdmin } from "./requestAdmin.ts";
import type { Change, RedriveResult, RequestAdmin } from "./requestAdmin.ts";
import { changesAsJson, changesAsText, listAsJson, listAsText, viewAsJson, viewAsText } from "./show.ts";
import { createWatchers } from "./watchers.ts";

interface OutputOptions extends TargetOptions {
  readonly json: boolean;
  readonly tenant?: string;
}

export interface ListOptions extends OutputOptions {
  readonly user?: string;
  readonly connection?: string;
  readonly status?: RequestStatus;
  readonly action?: string;
  readonly deadLetters: boolean;
  readonly limit: number;
}

export interface ShowOptions extends OutputOptions {
  readonly payload: boolean;
}

export interface CancelOptions extends OutputOptions {
  readonly tenant: string;
  readonly reason?: string;
}

export interface RedriveOptions extends OutputOptions {
  readonly action?: string;
  readonly code?: string;
  readonly limit: number;
  readonly dryRun: boolean;
}

export async function runList(options: ListOptions): Promise<void> {
  const { tenant, user, connection, action, limit } = options;
  if (user !== undefined && tenant === undefined) throw usage("A user belongs to a tenant. Pass --tenant too.");
  const status = options.deadLetters ? "failed" : options.status;
  if (options.deadLetters && (options.status ?? "failed") !== "failed") {
    throw usage(`Dead letters are failed requests. Leave out --status ${options.status}, or --dead-letters.`);
  }
  if (tenant === undefined && connection === undefined && (status === "completed" || status === "cancelled")) {
    throw usage(`Requests that are ${status} are listed for one tenant or connection. Pass --tenant or --connection.`);
  }
  const { requests, more } = await withAdmin(options, (admin) => admin.list({ tenant, user, connection, status, action, limit }));
  process.stdout.write(options.json ? listAsJson(requests) : listAsText(requests));
  if (more) note(`These are the first ${limit}; there are more. Pass a higher --limit.`);
}

export async function runShow(requestId: string, options: ShowOptions): Promise<void> {
  await withAdmin(options, async (admin) => {
    const ref = options.tenant === undefined ? await findOne(requestId, admin) : { tenantId: options.tenant, requestId };
    const view = await admin.show(ref);
    if (view === undefined) throw notFound(ref);
    const payload = options.payload ? await admin.payloadOf(view.request) : undefined;
    process.stdout.write(options.json ? viewAsJson(view, payload) : viewAsText(view, payload));
    const { upload } = view.request;
    if (options.payload && upload !== undefined) {
      note(`The payload was uploaded: ${upload.sizeBytes} bytes in the bucket of results, under ${upload.key}. It is not fetched.`);
    }
  });
}

export async function runCancel(requestId: string, options: CancelOptions): Promise<void> {
  const { tenant, reason } = options;
  if (reason !== undefined && reason.length > MAX_CANCEL_REASON_CHARS) {
    throw usage(`The reason has ${reason.length} characters; it may have ${MAX_CANCEL_REASON_CHARS}.`);
  }
  const ref = { tenantId: tenant, requestId };
  const change = await withAdmin(options, (admin) => admin.cancel(ref, reason));
  if (change === undefined) throw notFound(ref);
  if (change.outcome === "refused") throw new CommandError(EXIT.failure, whyNotCancelled(change.request));
  print([change], options);
}

export async function runRedrive(requestId: string | undefined, options: RedriveOptions): Promise<void> {
  const { changes, more } = await withAdmin(options, redriveWhich(requestId, options));
  print(changes, options);
  if (more) note(`These are the first ${options.limit}; there are more. Run it again, or pass a higher --limit.`);
  const failed = changes.filter(({ outcome }) => outcome === "failed").length;
  if (failed > 0) throw new CommandError(EXIT.failure, `${failed} of ${changes.length} could not be redriven. Run it again.`);
}

/** One by its id, or the dead letters of an action: never a mixture. */
function redriveWhich(requestId: string | undefined, options: RedriveOptions): (admin: RequestAdmin) => Promise<RedriveResult> {
  const { tenant, action, code, limit, dryRun } = options;
  if (requestId === undefined) {
    if (action === undefined) throw usage("Which requests? Name one by its id and --tenant, or all dead letters of an action by --action.");
    return async (admin) => {
      const result = await admin.redriveAll({ action, tenant, code, limit, dryRun });
      if (result.changes.length > 0) return result;
      const of = [...(code === undefined ? [] : [`with code ${code}`]), ...(tenant === undefined ? [] : [`of tenant ${tenant}`])];
      throw new CommandError(EXIT.notFound, `There are no ${["dead letters of", action, ...of].join(" ")}.`);
    };
  }
  if (action !== undefined || code !== undefined) {
    throw usage("Name one request by its id, or many by --action and --code: not both.");
  }
  if (tenant === undefined) throw usage(`Whose? Pass --tenant; "streamer requests show ${requestId}" tells it.`);
  return async (admin) => {
    const ref = { tenantId: tenant, requestId };
    const change = await admin.redrive(ref, dryRun);
    if (change === undefined) throw notFound(ref);
    if (change.outcome === "refused") throw new CommandError(EXIT.failure, whyNotRedriven(change.request));
    return { changes: [change], more: false };
  };
}

/** Whose it is, of an id alone. */
async function findOne(requestId: string, admin: RequestAdmin): Promise<RequestRef> {
  const found = await admin.find(requestId);
  const [only] = found;
  if (only === undefined) {
    const message = `No tenant has an open or failed request ${requestId}. One that has completed or was cancelled is found with --tenant.`;
    throw new CommandError(EXIT.notFound, message);
  }
  if (found.length > 1) {
    const tenants = found.map(({ tenantId }) => tenantId).join(", ");
    throw usage(`Each of these tenants has a request ${requestId}: ${tenants}. Pass --tenant.`);
  }
  return only;
}

function whyNotCancelled({ requestId, status }: StoredRequest): string {
  if (isTerminal(status)) return `Request ${requestId} has ended: it is ${status}. There is nothing to cancel.`;
  return `Request ${requestId} started and stopped while it was to be cancelled; it is ${status} now. Run it again.`;
}

function whyNotRedriven({ requestId, status }: StoredRequest): string {
  if (status === "completed")
    return `Request ${requestId} has completed, and its result stands. Only what failed or was cancelled is redriven.`;
  if (!isTerminal(status)) return `Request ${requestId} is ${status}: it has not ended. Only what failed or was cancelled is redriven.`;
  return `Request ${requestId} was changed by somebody else at the same moment; it is ${status} now. Run it again.`;
}

async function withAdmin<Result>(options: TargetOptions, use: (admin: RequestAdmin) => Promise<Result>): Promise<Result> {
  const target = await openTarget(options);
  const { table } = target;
  const { tell, failures } = createWatchers(target);
  try {
    const admin = createRequestAdmin({ requests: createRequestStore(table, systemClock), updates: createUpdateStore(table), tell });
    const result = await use(admin);
    const [first] = failures;
    if (first !== undefined) {
      note(`Not all who watch could be told (${rootOf(first)}); what was done is done. ${target.advice}`);
    }
    return result;
  } catch (error) {
    throw explained(error, target);
  } finally {
    target.close();
  }
}

function print(changes: readonly Change[], { json }: OutputOptions): void {
  process.stdout.write(json ? changesAsJson(changes) : changesAsText(changes));
}

function note(text: string): void {
  process.stderr.write(`streamer: ${text}\n`);
}

function usage(message: string): CommandError {
  return new CommandError(EXIT.usage, message);
}

function notFound({ tenantId, requestId }: RequestRef): CommandError {
  return new CommandError(EXIT.notFound, `Tenant ${tenantId} has no request ${requestId}. "streamer requests list" shows those there are.`);
}
