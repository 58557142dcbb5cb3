import { once } from "node:events";
import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { WebSocket } from "ws";
import type { LogLine } from "../../stack/logging.ts";
import { startLocalStack } from "../../stack/startLocalStack.ts";
import type { LocalStack } from "../../stack/startLocalStack.ts";
import type { Reloaded } from "../types.ts";

const REPOSITORY = resolve(import.meta.dirname, "../../../../..");

export interface Answer {
  readonly type: string;
  readonly request_id?: string;
  readonly data?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: string };
}

/** A connection, and what it was answered. */
export interface Caller {
  readonly socket: WebSocket;
  /** Sends a request and waits for its answer of a type. */
  ask(id: string, action: string, payload: object, type: string): Promise<Answer>;
  answer(id: string, type: string): Promise<Answer>;
}

/** The example of orders, in a folder of its own that may be edited, on a stack that watches it. */
export interface CopiedApp {
  readonly stack: LocalStack;
  readonly logs: readonly LogLine[];
  /** Resolves with the next reload, from the call on, that a condition holds of. */
  reloaded(holds?: (reloaded: Reloaded) => boolean): Promise<Reloaded>;
  path(name: string): string;
  write(name: string, text: string): Promise<void>;
  /** Replaces the only occurrence of a text in a file, as editors do: by another file in its place. */
  edit(name: string, old: string, text: string): Promise<void>;
  connect(): Promise<Caller>;
  stop(): Promise<void>;
}

export async function startCopiedApp(): Promise<CopiedApp> {
  const folder = await mkdtemp(join(tmpdir(), "streamer-watch-"));
  const functionsDir = join(folder, "functions");
  await cp(join(REPOSITORY, "packages/examples/orders/functions"), functionsDir, { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await symlink(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  const logs: LogLine[] = [];
  const stack = await startLocalStack({
    functionsDir,
    dataDir: join(folder, "data"),
    port: 0,
    reload: true,
    log: (line) => logs.push(line),
  });
  const path = (name: string): string => join(functionsDir, "src", name);
  const sockets: WebSocket[] = [];
  return {
    stack,
    logs,
    path,
    async reloaded(holds = () => true) {
      const found = Promise.withResolvers<Reloaded>();
      const unsubscribe = stack.reloads?.subscribe((reloaded) => void (holds(reloaded) && found.resolve(reloaded)));
      return found.promise.finally(unsubscribe);
    },
    write: (name, text) => writeFile(path(name), text),
    async edit(name, old, text) {
      const now = await readFile(path(name), "utf8");
      if (now.split(old).length !== 2) throw new Error(`There is not exactly one "${old}" in ${name}.`);
      await writeFile(path(`${name}~`), now.replace(old, text));
      await rename(path(`${name}~`), path(name));
    },
    async connect() {
      const token = await stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h" });
      const socket = new WebSocket(`${stack.websocketUrl}?Authorization=${token}`);
      sockets.push(socket);
      const answers: Answer[] = [];
      const waiting = new Set<() => void>();
      socket.on("message", (data: Buffer) => {
        answers.push(JSON.parse(data.toString()) as Answer);
        for (const look of waiting) look();
      });
      await once(socket, "open");
      const answer = (id: string, type: string): Promise<Answer> => {
        const found = Promise.withResolvers<Answer>();
        const look = (): void => {
          const one = answers.find((candidate) => candidate.request_id === id && candidate.type === type);
          if (one !== undefined) found.resolve(one);
        };
        waiting.add(look);
        look();
        return found.promise.finally(() => waiting.delete(look));
      };
      return {
        socket,
        answer,
        ask(id, action, payload, type) {
          socket.send(JSON.stringify({ id, action, payload }));
          return answer(id, type);
        },
      };
    },
    async stop() {
      for (const socket of sockets) socket.terminate();
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
