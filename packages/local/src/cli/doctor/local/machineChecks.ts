import { execFile } from "node:child_process";
import { connect } from "node:net";
import { promisify } from "node:util";
import { resolveBinary } from "../../../engine/binary.ts";
import type { StackFile } from "../../stackFile.ts";
import { fail, ok, skip, warn } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";

const run = promisify(execFile);

/** The version that the stack was tried with: the one of the packages it depends on. */
const ENGINE_VERSION = "1.2.1";
const INSTALL = `Install it with "npm ci" (without --omit=optional), or set DYNOXIDE_BIN to one.`;

/**
 * The built-in DynamoDB: whether there is one for this machine, and which.
 *
 * @param options.running a stack runs: without a program it uses another DynamoDB (`--endpoint`), and needs none.
 */
export function engineCheck({ running }: { readonly running: boolean }): Check {
  return {
    name: "engine",
    advice: INSTALL,
    async run(signal) {
      const program = findProgram(running);
      if (program === undefined) return skip("engine", "there is none here: the stack uses another DynamoDB");
      const { stdout } = await run(program, ["--version"], { signal });
      const version = stdout.trim().split(/\s+/).at(-1) ?? "";
      if (version === ENGINE_VERSION) return ok("engine", `dynoxide ${version}`);
      return warn("engine", `dynoxide ${version || "of no known version"}; the stack was tried with ${ENGINE_VERSION}`, INSTALL);
    },
  };
}

function findProgram(mayBeMissing: boolean): string | undefined {
  try {
    return resolveBinary();
  } catch (error) {
    if (mayBeMissing) return undefined;
    throw error;
  }
}

const OLDEST_NODE = 24;

export const nodeCheck: Check = {
  name: "node",
  advice: `Use Node.js ${OLDEST_NODE}, the one that Lambda runs: npm ci brings it along.`,
  async run() {
    const { node } = process.versions;
    const major = Number(node.split(".")[0]);
    if (major >= OLDEST_NODE) return ok("node", node);
    return fail("node", `${node}; ${OLDEST_NODE} is needed`, this.advice);
  },
};

/** All addresses of the stack: who does not even take a connection is not asked anything else. */
export function portsCheck(stack: StackFile): Check {
  const ports: readonly (readonly [what: string, url: string])[] = [
    ["WebSocket API and console", stack.consoleUrl],
    ["DynamoDB", stack.dynamodbEndpoint],
    ["SQS and S3", stack.sqsEndpoint],
    ["EventBridge", stack.eventsEndpoint],
  ];
  return {
    name: "ports",
    advice: RESTART,
    async run(signal) {
      const closed = (
        await Promise.all(
          ports.map(async ([what, url]) => ((await takesConnections(url, signal)) ? undefined : `${what} (${new URL(url).host})`)),
        )
      ).filter((what) => what !== undefined);
      const finding: Finding =
        closed.length === 0
          ? ok("ports", `${ports.length} open: ${ports.map(([, url]) => new URL(url).port).join(", ")}`)
          : fail("ports", `nobody listens: ${closed.join(", ")}`, RESTART);
      return finding;
    },
  };
}

/** What mends most of a local stack. */
export const RESTART = `Stop "streamer dev" and start it again: what is open goes on, the data is kept.`;

async function takesConnections(url: string, signal: AbortSignal): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port), signal });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
