import type { Clock } from "@streamer/protocol";
import type { GatewayFaults } from "../gateway/faults.ts";
import { createCallFaults } from "./callFaults.ts";
import type { ChaosEngine } from "./engine.ts";
import { subjectOfFrame } from "./identity.ts";

/** Faults of the management API's posts, and of clients' sockets. */
export function createGatewayFaults(engine: ChaosEngine, clock: Clock): GatewayFaults {
  const posts = createCallFaults(["post_gone", "post_throttled", "post_slow", "post_failed"], engine);

  return {
    async onPost(text, invocationId) {
      if (!engine.awake) return "send";
      const verdict = posts.next(invocationId, subjectOfFrame(text));
      if (verdict === undefined || !verdict.fate.strike()) return "send";
      if (verdict.kind === "post_gone") return "gone";
      if (verdict.kind === "post_throttled") return "throttle";
      if (verdict.kind === "post_failed") return "fail";
      await engine.wait(verdict.fate.delayMs);
      return "send";
    },
    onMessage(connection, direction, text) {
      // Asked for every message: what it is about is read only when something can come of it.
      if (!engine.awake) return;
      const fate = engine.fateOf("socket_cut", `${direction} ${subjectOfFrame(text)}`);
      if (fate === undefined) return;
      const cut = (): void => {
        if (connection.open && fate.strike()) connection.terminate();
      };
      // Half of them with the message still on its way, the others some time later.
      if (fate.dice() < 0.5) return cut();
      const timer = clock.after(fate.delayMs, cut);
      void connection.closed.then(() => timer.cancel());
    },
  };
}
