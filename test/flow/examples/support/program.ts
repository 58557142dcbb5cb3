import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { LocalStack } from "@streamer/local";

export const EXAMPLES_DIR = resolve(import.meta.dirname, "../../../../packages/examples");

/** The local stack with an app's functions, and a data directory that goes when it stops. */
export async function startAppStack(functionsDir: string): Promise<LocalStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-example-"));
  const stack = await startLocalStack({ functionsDir, dataDir, port: 0 });
  return {
    ...stack,
    async stop() {
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of an example as a process of its own, as a user runs it. */
export interface Program {
  readonly ended: Promise<Ended>;
  /** Until it has written so. @throws {Error} when it ends without. */
  says(wanted: RegExp): Promise<void>;
  interrupt(): void;
}

/** @param env beside what this process has, but for what names a stack. */
export function startProgram(example: string, args: readonly string[], env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, ["--conditions=@streamer/source", join(EXAMPLES_DIR, example, "main.ts"), ...args], {
    env: { ...process.env, STREAMER_URL: undefined, STREAMER_TOKEN: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  const take = (name: keyof typeof said) => (data: Buffer) => {
    said[name] += data.toString();
    for (const look of waiting) look();
  };
  child.stdout.on("data", take("stdout"));
  child.stderr.on("data", take("stderr"));
  const ended = new Promise<Ended>((done) => child.once("close", (code) => done({ code, ...said })));
  return {
    ended,
    async says(wanted) {
      const seen = new Promise<"seen">((done) => {
        const look = (): void => {
          if (wanted.test(said.stdout + said.stderr)) done("seen");
        };
        waiting.add(look);
        look();
      });
      if ((await Promise.race([seen, ended])) !== "seen")
        throw new Error(`It ended without saying ${wanted}:\n${said.stdout}${said.stderr}`);
    },
    interrupt: () => child.kill("SIGINT"),
  };
}
