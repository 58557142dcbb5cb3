import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { Logger } from "../bus/logger.ts";
import { diceFor } from "./dice.ts";
import type { Dice } from "./dice.ts";
import { FAULT_KINDS, onlyThese, toSettings } from "./settings.ts";
import type { Chaos, ChaosOptions, FaultKind } from "./types.ts";

/** What awaits one thing at one occasion. */
export interface Fate {
  /** How long it takes, where the fault takes time: 0 to `maxDelayMs`. */
  readonly delayMs: number;
  /** Further shares of this occasion, for choices within the fault. */
  readonly dice: Dice;
  /** To be called when it happens: counts and logs it. False when it has become calm meanwhile: then it must not happen. */
  strike(): boolean;
}

/** Chaos from the inside: what the faults are made with. */
export interface ChaosEngine {
  readonly chaos: Chaos;
  /** False until it rages for the first time: no occasion is worth a thought before. */
  readonly awake: boolean;
  /**
   * Whether a fault of this kind awaits the thing at this occasion. The occasions of a thing are numbered by kind, so the answer depends on
   * seed, kind, key and number alone.
   *
   * @param key what the thing is called in every run of the same seed, such as a request's id.
   */
  fateOf(kind: FaultKind, key: string): Fate | undefined;
  /** How far the clock of a function's next sandbox is off, in milliseconds. */
  nextClockSkewMs(functionName: string): number;
  /** Resolves after the time, or as soon as the engine stops. */
  wait(delayMs: number): Promise<void>;
  /** Calm for good, and no more waiting. Resolves when nothing that was held back is under way any more. */
  stop(): Promise<void>;
  /** Has `stop()` wait for it. */
  follow(work: Promise<void>): void;
}

export interface ChaosDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Things whose occasions are remembered. Beyond it the oldest begin again at 1: nobody waits for theirs by then. */
const MAX_REMEMBERED = 100_000;

/** @throws {RangeError} for options out of range. */
export function createChaosEngine(options: ChaosOptions, deps: ChaosDeps): ChaosEngine {
  const { seed, rates: first, clockSkewMs, maxDelayMs } = toSettings(options);
  const { clock, logger } = deps;
  const counts = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  const occasions = new Map<string, number>();
  const stopping = new AbortController();
  const followed = new Set<Promise<void>>();
  let rates = first;
  let raging = options.asleep !== true;
  let awake = raging;

  const nextDice = (kind: string, key: string): Dice => {
    const name = `${kind} ${key}`;
    const occasion = (occasions.get(name) ?? 0) + 1;
    occasions.set(name, occasion);
    const [oldest] = occasions.keys();
    if (occasions.size > MAX_REMEMBERED && oldest !== undefined) occasions.delete(oldest);
    return diceFor(seed, [kind, key, occasion]);
  };

  return {
    chaos: {
      seed,
      counts,
      get active() {
        return raging;
      },
      get rates() {
        return rates;
      },
      setRates(given) {
        rates = onlyThese(given);
      },
      calm() {
        raging = false;
      },
      rage(given) {
        if (given !== undefined) rates = onlyThese(given);
        raging = !stopping.signal.aborted;
        awake = true;
      },
    },
    get awake() {
      return awake;
    },
    fateOf(kind, key) {
      if (!awake) return undefined;
      // Counted in calm as well: whether it was calm before does not change what is to come.
      const dice = nextDice(kind, key);
      if (dice() >= rates[kind] || !raging) return undefined;
      return {
        delayMs: dice() * maxDelayMs,
        dice,
        strike() {
          if (!raging) return false;
          counts[kind] += 1;
          logger.info(`injected ${kind} at ${key}`, { kind, key });
          return true;
        },
      };
    },
    nextClockSkewMs(functionName) {
      if (!awake) return 0;
      const skewMs = Math.round((2 * nextDice("clock_skew", functionName)() - 1) * clockSkewMs);
      return raging ? skewMs : 0;
    },
    wait: (delayMs) => sleep(clock, delayMs, stopping.signal).catch(() => undefined),
    async stop() {
      raging = false;
      stopping.abort();
      await Promise.all(followed);
    },
    follow(work) {
      const until: Promise<void> = work.finally(() => followed.delete(until));
      followed.add(until);
    },
  };
}
