import type { Clock, ServerMessage, Timer } from "@streamer/protocol";

/**
 * What the network does with a message of the server: `deliver`; `lose`; deliver it `twice`; deliver it `later`, after the message that
 * follows it on the connection; or deliver it after a number of milliseconds.
 */
export type Fate = "deliver" | "lose" | "twice" | "later" | number;

/** Decides over each message of the server; `undefined` leaves it to the rule before. */
export type NetworkRule = (message: ServerMessage, connectionId: string) => Fate | undefined;

/** Carries frames between clients and the server, as well as it is told to. */
export interface Network {
  /** Each frame takes so long, in either direction. 0: the next microtask. */
  latencyMs: number;
  /** @returns what removes the rule. */
  intercept(rule: NetworkRule): () => void;
  /** Runs after the latency. */
  cross(run: () => void): void;
  /** A line to one client, for what the server sends. */
  line(connectionId: string, deliver: (text: string) => void): (text: string, message?: ServerMessage) => void;
  /** Nothing on its way arrives any more. */
  close(): void;
}

export function createNetwork(clock: Clock, latencyMs: number): Network {
  const rules: { readonly decide: NetworkRule }[] = [];
  const timers = new Set<Timer>();
  let closed = false;

  const after = (delayMs: number, run: () => void): void => {
    const timer = clock.after(delayMs, () => {
      timers.delete(timer);
      run();
    });
    timers.add(timer);
  };

  const network: Network = {
    latencyMs,
    intercept(decide) {
      const rule = { decide };
      rules.push(rule);
      return () => void rules.splice(rules.indexOf(rule), rules.includes(rule) ? 1 : 0);
    },
    cross(run) {
      const arrive = (): void => {
        if (!closed) run();
      };
      if (network.latencyMs > 0) after(network.latencyMs, arrive);
      else queueMicrotask(arrive);
    },
    line(connectionId, deliver) {
      let late: string[] = [];
      const fateOf = (message: ServerMessage): Fate => {
        for (const rule of rules.toReversed()) {
          const fate = rule.decide(message, connectionId);
          if (fate !== undefined) return fate;
        }
        return "deliver";
      };
      return (text, message) => {
        const fate = message === undefined ? "deliver" : fateOf(message);
        if (fate === "lose") return;
        if (fate === "later") return void late.push(text);
        if (typeof fate === "number") return after(fate, () => network.cross(() => deliver(text)));
        const texts = [text, ...(fate === "twice" ? [text] : []), ...late];
        late = [];
        for (const each of texts) network.cross(() => deliver(each));
      };
    },
    close() {
      closed = true;
      for (const timer of timers) timer.cancel();
      timers.clear();
    },
  };
  return network;
}
