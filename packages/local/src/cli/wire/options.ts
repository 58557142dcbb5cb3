import type { Command } from "commander";

/** Which system is talked to as a client does, and as whom. */
export interface WireOptions {
  /** Of a local stack; used unless a URL is given. */
  readonly dataDir: string;
  /** Where the clients of a deployed stage connect. */
  readonly url?: string;
  readonly token?: string;
  /** On the local stack, whom the token is made for. */
  readonly user?: string;
  readonly tenant?: string;
  /** Separated by commas. */
  readonly permissions?: string;
}

/** What the help of every such command ends with. */
export const WIRE_NOTES = `
Without --url it is the local stack that runs on the data directory, and a token is made for --user, --tenant and --permissions. For a
deployed stage pass --url and a token. A token is best passed by STREAMER_TOKEN: what stands on a command line can be seen by others of the
machine. It is never printed.
`;

/** What every command takes that talks to a system as a client does. */
export function addWireOptions(command: Command, defaultDataDir: string): Command {
  return command
    .option("--json", "print a line of JSON for each thing that happens", false)
    .option("--data-dir <path>", "the data directory of the local stack", defaultDataDir)
    .option("--user <id>", 'on the local stack: as this user (default: "demo")')
    .option("--tenant <id>", 'on the local stack: of this tenant (default: "demo")')
    .option("--permissions <list>", "on the local stack: with these permissions, separated by commas")
    .option("--url <url>", "where the clients of a deployed stage connect, wss://…")
    .option("--token <jwt>", "connect with this token (default: with --url, STREAMER_TOKEN; else one is made)");
}
