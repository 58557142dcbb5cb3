import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** A process of its own that answers what it is asked. */
export interface AskedProcess<Question, Answer> {
  /** One at a time. @throws what it threw, and when it ended instead of answering. */
  ask(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

type Reply<Answer> = { readonly answer: Answer } | { readonly error: string };

/** @param path a module that calls `answerParent`. */
export function startProcess<Question extends object, Answer>(path: string): AskedProcess<Question, Answer> {
  const child: ChildProcess = fork(path, { execArgv: ["--conditions=@streamer/source"], serialization: "advanced" });
  const exited = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
  });
  return {
    async ask(question) {
      const replied = new Promise<Reply<Answer>>((resolve) => {
        child.once("message", (reply) => resolve(reply as Reply<Answer>));
      });
      child.send(question);
      const reply = await Promise.race([replied, exited.then((code) => ({ error: `The process ended with ${code}.` }))]);
      if ("error" in reply) throw new Error(reply.error);
      return reply.answer;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The child's side: answers until its parent lets go of it, then `stop`s, and so ends. */
export function answerParent(answer: (question: never) => Promise<unknown>, stop: () => Promise<void>): void {
  process.on("message", (question) => {
    answer(question as never).then(
      (given) => process.send?.({ answer: given }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once("disconnect", () => void stop());
}
