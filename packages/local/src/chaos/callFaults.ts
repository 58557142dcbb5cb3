import type { ChaosEngine, Fate } from "./engine.ts";
import type { FaultKind } from "./types.ts";

/**
 * Faults of SDK calls. A client makes three or four attempts of a call by itself, and so hides nearly every fault from the code
 * above it. Some calls are therefore struck at each of their attempts.
 */
export interface CallFaults<Kind extends FaultKind> {
  /**
   * What shall happen to this attempt.
   *
   * @param invocationId the same in all attempts of a call (`amz-sdk-invocation-id`).
   * @param key what the call is called in every run of the same seed.
   */
  next(invocationId: string, key: string): { readonly kind: Kind; readonly fate: Fate } | undefined;
}

/** Of the calls that are struck, the share that is struck at each attempt. */
const BURST_SHARE = 0.3;
/** Calls under way are few; one that is forgotten is only struck less. */
const MAX_CALLS = 1_000;

/** @param kinds in order of precedence: one attempt suffers one fault. */
export function createCallFaults<Kind extends FaultKind>(kinds: readonly Kind[], engine: ChaosEngine): CallFaults<Kind> {
  const verdicts = new Map<string, { readonly kind: Kind; readonly fate: Fate } | undefined>();

  return {
    next(invocationId, key) {
      if (verdicts.has(invocationId)) return verdicts.get(invocationId);
      const fates = kinds.map((kind) => ({ kind, fate: engine.fateOf(kind, key) }));
      const found = fates.find(({ fate }) => fate !== undefined);
      const verdict = found?.fate && { kind: found.kind, fate: found.fate };
      verdicts.set(invocationId, verdict !== undefined && verdict.fate.dice() < BURST_SHARE ? verdict : undefined);
      const [oldest] = verdicts.keys();
      if (verdicts.size > MAX_CALLS && oldest !== undefined) verdicts.delete(oldest);
      return verdict;
    },
  };
}
