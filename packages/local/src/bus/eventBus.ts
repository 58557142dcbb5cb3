import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { EventPattern } from "@streamer/server";
import { backoffMs } from "./backoff.ts";
import type { BackoffOptions } from "./backoff.ts";
import { toBusEvent, validateRequest } from "./eventEntry.ts";
import type { BusEvent, EntryError } from "./eventEntry.ts";
import { compilePattern } from "./eventPattern.ts";
import type { Logger } from "./logger.ts";

export type { BusEvent, EntryError } from "./eventEntry.ts";
export { BusValidationError } from "./eventEntry.ts";

/** Takes one event; a rejection makes the bus try again. It must end by itself: the bus sets no time limit. */
export type RuleTarget = (event: BusEvent) => Promise<void>;

export interface BusRule {
  readonly name: string;
  readonly pattern: EventPattern;
  /** 1 to 5. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
  readonly targets: readonly RuleTarget[];
}

export interface BusDeadLetter {
  readonly rule: string;
  readonly event: BusEvent;
  readonly attempts: number;
  readonly error: unknown;
}

export interface BusRetry extends BackoffOptions {
  /** Default 185. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
  readonly maximumAttempts?: number;
  /** Default 24 hours. */
  readonly maximumAgeMs?: number;
}

export interface EventBusConfig {
  readonly rules: readonly BusRule[];
  /** Default `default`. An entry that names another bus, or none when this is not the default one, reaches no rule: as on AWS. */
  readonly name?: string;
  readonly account: string;
  readonly region: string;
  readonly retry?: BusRetry;
}

export interface EventBusDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  /** Told of each event that is taken, before its delivery. Default: nobody. */
  readonly onEvent?: ((event: BusEvent) => void) | undefined;
  /** Receives an event that a target did not take in its attempts, or that was still being retried at `close()`. Without it, it is logged and lost. */
  readonly onDeadLetter?: (letter: BusDeadLetter) => Promise<void> | void;
}

export type EntryResult = { readonly eventId: string } | EntryError;

export interface PutEventsResult {
  readonly failedCount: number;
  /** One for each entry, in its place. */
  readonly entries: readonly EntryResult[];
}

export interface EventBus {
  /**
   * Takes the events and starts their delivery, without waiting for it.
   *
   * @throws {BusValidationError} for no entries, more than 10, or more than 256 KB. A bad entry is reported in its place instead.
   */
  putEvents(entries: readonly PutEventsRequestEntry[]): Promise<PutEventsResult>;
  /** One more rule, for the events from now on. @throws as `createEventBus` */
  addRule(rule: BusRule): void;
  /** Resolves when every delivery under way has ended, well or as a dead letter. */
  idle(): Promise<void>;
  /** Takes no more events, gives up waiting retries as dead letters, and resolves when nothing is left running. */
  close(): Promise<void>;
}

const MAX_TARGETS = 5;
const MAXIMUM_ATTEMPTS = 185;
const MAXIMUM_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * The EventBridge bus, in process: matches events with rules and delivers them to the targets of those, each target on its own.
 *
 * @throws {EventPatternError} for a malformed pattern. @throws {RangeError} for a rule with no target or more than 5.
 */
export function createEventBus(config: EventBusConfig, deps: EventBusDeps): EventBus {
  const { account, region, name = "default" } = config;
  const { clock, logger } = deps;
  const compiled = (rule: BusRule) => {
    if (rule.targets.length === 0 || rule.targets.length > MAX_TARGETS) {
      throw new RangeError(`The rule "${rule.name}" has ${rule.targets.length} targets; 1 to ${MAX_TARGETS} are allowed.`);
    }
    return { ...rule, matches: compilePattern(rule.pattern, { target: "bus" }) };
  };
  const rules = config.rules.map(compiled);
  const closing = new AbortController();
  const deliveries = new Set<Promise<void>>();

  function track(delivery: Promise<void>): void {
    deliveries.add(delivery);
    void delivery.finally(() => deliveries.delete(delivery));
  }

  async function deliver(rule: string, target: RuleTarget, event: BusEvent): Promise<void> {
    const { maximumAttempts = MAXIMUM_ATTEMPTS, maximumAgeMs = MAXIMUM_AGE_MS } = config.retry ?? {};
    const startedMs = clock.monotonic();
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await target(event);
      } catch (error) {
        const delayMs = backoffMs(attempts, config.retry);
        const isLast = attempts >= maximumAttempts || clock.monotonic() - startedMs + delayMs > maximumAgeMs;
        logger.warn("A rule's target did not take an event.", {
          rule,
          eventId: event.id,
          attempts,
          final: isLast,
          error: errorName(error),
        });
        if (isLast || !(await pause(delayMs))) return await bury({ rule, event, attempts, error });
      }
    }
  }

  /** False when the bus closed meanwhile. */
  async function pause(delayMs: number): Promise<boolean> {
    await sleep(clock, delayMs, closing.signal).catch(() => undefined);
    return !closing.signal.aborted;
  }

  async function bury(letter: BusDeadLetter): Promise<void> {
    try {
      await deps.onDeadLetter?.(letter);
    } catch (error) {
      logger.error("A dead letter of the bus was lost.", { rule: letter.rule, eventId: letter.event.id, error: errorName(error) });
    }
  }

  function accept(entry: PutEventsRequestEntry): EntryResult {
    const event = toBusEvent(entry, { id: deps.newId(), account, region, nowMs: clock.now() });
    if ("errorCode" in event) return event;
    const busName = entry.EventBusName?.split("/").at(-1) ?? "default";
    if (busName !== name) {
      logger.warn("An event was put on another bus and reaches no rule here.", { eventId: event.id, busName, thisBus: name });
      return { eventId: event.id };
    }
    deps.onEvent?.(event);
    for (const rule of rules) {
      if (rule.matches(event)) for (const target of rule.targets) track(deliver(rule.name, target, event));
    }
    return { eventId: event.id };
  }

  async function idle(): Promise<void> {
    while (deliveries.size > 0) await Promise.all(deliveries);
  }

  return {
    async putEvents(entries) {
      if (closing.signal.aborted) throw new Error("The event bus is closed and takes no more events.");
      validateRequest(entries);
      const results = entries.map(accept);
      return { failedCount: results.filter((result) => "errorCode" in result).length, entries: results };
    },
    addRule: (rule) => void rules.push(compiled(rule)),
    idle,
    async close() {
      closing.abort();
      await idle();
    },
  };
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
