import { MAX_CANCEL_REASON_CHARS } from "@streamer/protocol";
import { explained } from "../explained.ts";
import { CommandError, EXIT } from "../failure.ts";
import type { ConnectionAdmin, ConnectionStatus, Disconnection } from "./connectionAdmin.ts";
import { openConnectionAdmin } from "./openConnectionAdmin.ts";
import { endedAsJson, endedAsText, listAsJson, listAsText, viewAsJson, viewAsText } from "./show.ts";
import { openTarget } from "../target.ts";
import type { TargetOptions } from "../target.ts";

interface OutputOptions extends TargetOptions {
  readonly json: boolean;
}

export interface ListOptions extends OutputOptions {
  readonly tenant?: string;
  readonly user?: string;
  readonly status?: ConnectionStatus;
  readonly limit: number;
}

export interface DisconnectOptions extends OutputOptions {
  readonly tenant?: string;
  readonly user?: string;
  readonly reason: string;
}

export async function runList(options: ListOptions): Promise<void> {
  const { tenant, user, status, limit } = options;
  if (user !== undefined && tenant === undefined) throw userWithoutTenant();
  const { views, more } = await withAdmin(options, (admin) => admin.list({ tenant, user, status, limit }));
  process.stdout.write(options.json ? listAsJson(views) : listAsText(views));
  if (more) process.stderr.write(`streamer: These are the first ${limit}; there are more. Pass a higher --limit.\n`);
}

export async function runShow(connectionId: string, options: OutputOptions): Promise<void> {
  const view = await withAdmin(options, (admin) => admin.show(connectionId));
  if (view === undefined) throw notFound(connectionId);
  process.stdout.write(options.json ? viewAsJson(view) : viewAsText(view));
}

export async function runDisconnect(connectionId: string | undefined, options: DisconnectOptions): Promise<void> {
  if (options.reason.length > MAX_CANCEL_REASON_CHARS) {
    throw new CommandError(EXIT.usage, `The reason has ${options.reason.length} characters; it may have ${MAX_CANCEL_REASON_CHARS}.`);
  }
  const ended = await withAdmin(options, (admin) => endWhom(connectionId, options)(admin));
  process.stdout.write(options.json ? endedAsJson(ended) : endedAsText(ended));
  const failed = ended.filter(({ outcome }) => outcome === "failed").length;
  if (failed > 0) {
    throw new CommandError(EXIT.failure, `${failed} of ${ended.length} could not be disconnected and may still be open. Run it again.`);
  }
}

/** One by its id, or all of a tenant or of one of its users: never a mixture. */
function endWhom(
  connectionId: string | undefined,
  { tenant, user, reason }: DisconnectOptions,
): (admin: ConnectionAdmin) => Promise<readonly Disconnection[]> {
  if (connectionId !== undefined) {
    if (tenant !== undefined || user !== undefined) {
      throw new CommandError(EXIT.usage, "Name one connection by its id, or many by --tenant and --user: not both.");
    }
    return async (admin) => {
      const ended = await admin.disconnect(connectionId, reason);
      if (ended === undefined) throw notFound(connectionId);
      return [ended];
    };
  }
  if (tenant === undefined) {
    if (user !== undefined) throw userWithoutTenant();
    throw new CommandError(EXIT.usage, "Which connections? Name one by its id, or pass --tenant, or --tenant and --user.");
  }
  return async (admin) => {
    const ended = await admin.disconnectAll({ tenant, user }, reason);
    if (ended.length > 0) return ended;
    throw new CommandError(EXIT.notFound, `${user === undefined ? "Nobody" : `User ${user}`} of tenant ${tenant} has a connection.`);
  };
}

async function withAdmin<Result>(options: TargetOptions, use: (admin: ConnectionAdmin) => Promise<Result>): Promise<Result> {
  const target = await openTarget(options);
  try {
    return await use(openConnectionAdmin(target));
  } catch (error) {
    throw explained(error, target);
  } finally {
    target.close();
  }
}

function userWithoutTenant(): CommandError {
  return new CommandError(EXIT.usage, "A user belongs to a tenant. Pass --tenant too.");
}

function notFound(connectionId: string): CommandError {
  return new CommandError(EXIT.notFound, `There is no connection ${connectionId}. "streamer connections list" shows those there are.`);
}
