import type { SandboxFaults } from "../lambda/sandbox/faults.ts";
import type { ChaosEngine } from "./engine.ts";
import { invocationKey } from "./identity.ts";

/** Faults of the processes that a function runs in. */
export function createSandboxFaults(functionName: string, engine: ChaosEngine): SandboxFaults {
  return {
    onStart() {
      const crashes = engine.fateOf("sandbox_crashed_at_start", functionName)?.strike() ?? false;
      return { crashes, clockSkewMs: engine.nextClockSkewMs(functionName) };
    },
    onInvoke(readEvent) {
      if (!engine.awake) return undefined;
      const fate = engine.fateOf("sandbox_killed", invocationKey(functionName, readEvent()));
      // Most moments are early ones: a router is done in some milliseconds, and shall be hit as well.
      return fate && { afterMs: fate.delayMs * fate.dice() ** 2, strike: () => fate.strike() };
    },
  };
}
