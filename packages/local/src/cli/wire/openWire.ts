import { resolve } from "node:path";
import { StreamerClient } from "@streamer/client";
import type { TokenSource } from "@streamer/client";
import { loadSigningKey } from "../../keys/signingKey.ts";
import { rootOf } from "../explained.ts";
import { CommandError, EXIT } from "../failure.ts";
import { quoted } from "../quoted.ts";
import { readStackFile } from "../stackFile.ts";
import { parsePermissions } from "../token.ts";
import type { WireOptions } from "./options.ts";
import { tellingSocket } from "./tellingSocket.ts";
import type { DialFailure } from "./tellingSocket.ts";

/** A connection to a system, as a client's. */
export interface Wire {
  readonly client: StreamerClient;
  /** Resolves when the connection is open. @throws {CommandError} when it will not be. */
  connect(): Promise<void>;
  /** Rejects with a CommandError when the connection will not come, or not come back. Never resolves. */
  readonly failed: Promise<never>;
  /** The options that name the same system and user to another command. Holds no token. */
  readonly sameTarget: string;
  close(): Promise<void>;
}

/** How often a busy or failing server is tried again before the first opening. */
const MAX_DIALS = 5;
const TOKEN_LIFETIME = "1h";

const REFUSALS: Readonly<Record<number, string>> = {
  401: `The token is not good: expired, by another issuer, signed by another key, or without sub, tenant_id or exp. For the local stack "streamer token" makes one; for a deployed stage whoever issues them.`,
  403: "There is no such stage at this URL, or it is not for this client. Check --url: sst deploy prints it.",
  404: "There is no such API at this URL. Check --url: sst deploy prints it.",
  429: "It is asked to connect too often. Try again in a while.",
};

/** @throws {CommandError} when the command line names no system, or no local stack runs. */
export async function openWire(options: WireOptions): Promise<Wire> {
  const { url, token, sameTarget } = options.url === undefined ? await localTarget(options) : deployedTarget(options, options.url);
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Who does not wait for it is told by what else comes of it.
  failed.catch(() => {});
  let dials = 0;
  let opened = false;
  const onFailure = (failure: DialFailure): void => {
    dials += 1;
    if (isFinal(failure) || (!opened && ("cause" in failure || dials >= MAX_DIALS)))
      reject(new CommandError(EXIT.failure, whyNot(failure, url)));
  };
  const client = new StreamerClient(url, { token, WebSocket: tellingSocket(onFailure) });
  client.onStateChange(({ state, lastError }) => {
    opened ||= state === "open";
    // With a cause of its own it never came to dialing: what was given as a token is none. Without, the server says so, and may think better.
    if (lastError?.code === "UNAUTHORIZED" && lastError.cause !== undefined)
      reject(new CommandError(EXIT.failure, whyNot({ status: 401 }, url)));
  });
  return {
    client,
    failed,
    sameTarget,
    connect: () => Promise.race([client.connect(), failed]),
    close: () => client.close(),
  };
}

interface WireTarget {
  readonly url: string;
  readonly token: TokenSource;
  readonly sameTarget: string;
}

async function localTarget({ dataDir, token, user = "demo", tenant = "demo", permissions = "" }: WireOptions): Promise<WireTarget> {
  const { websocketUrl } = await readStackFile(resolve(dataDir));
  const key = await loadSigningKey(resolve(dataDir));
  const claims = { user, tenant, permissions: parsePermissions(permissions), expiresIn: TOKEN_LIFETIME };
  const given = [
    ["--data-dir", dataDir === ".streamer" ? undefined : dataDir],
    ["--user", user === "demo" ? undefined : user],
    ["--tenant", tenant === "demo" ? undefined : tenant],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${quoted(value)}`]));
  // Made anew at each connection, so that a long watch outlives them.
  return { url: websocketUrl, token: token ?? (() => key.mint(claims)), sameTarget: given.join(" ") };
}

function deployedTarget({ user, tenant, permissions, token = process.env["STREAMER_TOKEN"] }: WireOptions, url: string): WireTarget {
  checkUrl(url);
  if (user !== undefined || tenant !== undefined || permissions !== undefined)
    throw new CommandError(
      EXIT.usage,
      "Who you are on a deployed stage stands in the token. Leave out --user, --tenant and --permissions.",
    );
  if (token === undefined || token === "")
    throw new CommandError(EXIT.usage, `A deployed stage wants a token. Put one into STREAMER_TOKEN, or pass --token.`);
  return { url, token, sameTarget: `--url ${quoted(url)}` };
}

function checkUrl(url: string): void {
  const parsed = URL.parse(url);
  if (parsed?.protocol === "wss:") return;
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(parsed?.hostname ?? "");
  if (parsed?.protocol === "ws:" && isHere) return;
  const why = parsed?.protocol === "ws:" ? "would send the token unencrypted" : "is not where clients connect";
  throw new CommandError(EXIT.usage, `"${url}" ${why}. Pass the stage's address, wss://….`);
}

/** Whether trying again is of no use. */
function isFinal(failure: DialFailure): boolean {
  return "status" in failure && failure.status >= 400 && failure.status < 500 && failure.status !== 429;
}

function whyNot(failure: DialFailure, url: string): string {
  if ("cause" in failure) return `Nobody answers at ${url}: ${rootOf(failure.cause)}. Check the address and the network.`;
  const advice = REFUSALS[failure.status] ?? `The server failed: "streamer doctor" tells what is not well.`;
  return `The connection to ${url} was refused with ${failure.status}. ${advice}`;
}
