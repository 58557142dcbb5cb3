import type { StandardSchemaV1 } from "@standard-schema/spec";
import { durationMs } from "./duration.ts";
import type { Duration } from "./duration.ts";
import {
  ACTION_NAME_PATTERN,
  ASYNC_THRESHOLD_MS,
  MAX_ACTION_NAME_CHARS,
  MAX_ACTION_TIMEOUT_MS,
  MAX_FUNCTION_TIMEOUT_MS,
  SETTLE_RESERVE_MS,
} from "./limits.ts";

type Schema = StandardSchemaV1;

/** How a failing attempt is tried again. Delays grow by `factor` from `minDelay` to `maxDelay`, with ±25 % jitter. */
export interface RetryPolicy {
  /** How often the work may start, the first time included. Default 3, range 1 to 20. */
  readonly attempts?: number;
  /** Default "1 second". */
  readonly minDelay?: Duration;
  /** Default "1 minute". At most 12 hours, SQS's longest visibility timeout. */
  readonly maxDelay?: Duration;
  /** Default 2. */
  readonly factor?: number;
}

/** What `defineAction` is told of an action. */
export interface ActionOptions<
  Input extends Schema,
  Output extends Schema,
  Progress extends Schema | undefined,
  Estimate extends Duration,
  Chunk extends Schema | undefined = undefined,
> {
  /** Any Standard Schema. What clients send. */
  readonly input: Input;
  /** Any Standard Schema. What the handler returns. */
  readonly output: Output;
  /** Any Standard Schema for the metadata of progress updates. */
  readonly progress?: Progress;
  /**
   * Any Standard Schema that validates without a promise: one value that the handler emits while it works. Clients get the values in order, each
   * as the schema gives it. A value is at most 31,488 bytes as JSON text. Default: the action emits nothing.
   */
  readonly chunk?: Chunk;
  /** How long the work is expected to take. Over 5 seconds the action is asynchronous, with a processor of its own. */
  readonly estimatedDuration: Estimate;
  /** The longest a run may take. Default: 14 minutes for asynchronous actions, 25 seconds for synchronous ones. At most 14 minutes. */
  readonly timeout?: Duration;
  readonly retry?: RetryPolicy;
  /**
   * How long a worker may be silent before it counts as dead and another attempt begins. It renews six times in a lease, and at least each 10 seconds. Default "1 minute",
   * range 1 second to 15 minutes. `"untilDeadline"`: as long as the run may take, for work that keeps the processor so busy that it cannot
   * renew; a worker that dies is then noticed only at its deadline.
   */
  readonly lease?: Duration | "untilDeadline";
  /** Permissions a caller's token must carry, all of them. Default none. */
  readonly permissions?: readonly string[];
  /** Memory of the processor's function. Default "512 MB". */
  readonly memory?: `${number} MB` | `${number} GB`;
  /** The most processors of this action at a time, 2 to 1,000. Default 50. */
  readonly concurrency?: number;
}

/** An action: its name, its schemas, its limits. Shared by server and clients; holds no server code. */
export interface Action<
  Name extends string = string,
  Input extends Schema = Schema,
  Output extends Schema = Schema,
  Progress extends Schema | undefined = Schema | undefined,
  Estimate extends Duration = Duration,
  Chunk extends Schema | undefined = Schema | undefined,
> {
  readonly name: Name;
  readonly input: Input;
  readonly output: Output;
  readonly progress: Progress | undefined;
  readonly chunk: Chunk | undefined;
  readonly estimatedDuration: Estimate;
  readonly estimatedDurationMs: number;
  readonly timeoutMs: number;
  readonly retry: { readonly attempts: number; readonly minDelayMs: number; readonly maxDelayMs: number; readonly factor: number };
  readonly leaseMs: number;
  readonly permissions: readonly string[];
  readonly memory: `${number} MB` | `${number} GB`;
  readonly concurrency: number;
}

/** The list of an app's actions: keys are the camelCase of the names. */
export type Actions = Readonly<Record<string, Action>>;

/** What a client sends, what a handler gets, what it returns, what the client receives. */
export type InputOf<A extends Action> = StandardSchemaV1.InferInput<A["input"]>;
/** What a handler gets: the payload as the schema `input` gives it. */
export type ParsedInputOf<A extends Action> = StandardSchemaV1.InferOutput<A["input"]>;
/** What a handler returns, before the schema `output` has looked at it. */
export type ReturnOf<A extends Action> = StandardSchemaV1.InferInput<A["output"]>;
/** What the client receives as the result. */
export type OutputOf<A extends Action> = StandardSchemaV1.InferOutput<A["output"]>;
/** The metadata of progress updates, `never` for an action without the schema `progress`. */
export type ProgressOf<A extends Action> =
  NonNullable<A["progress"]> extends infer P ? (P extends Schema ? StandardSchemaV1.InferOutput<P> : never) : never;

/** A value of a chunk as clients receive it, and as the handler emits it. */
export type ChunkOf<A extends Action> =
  NonNullable<A["chunk"]> extends infer C ? (C extends Schema ? StandardSchemaV1.InferOutput<C> : never) : never;
/** A value as the handler emits it, before the schema `chunk` has looked at it. */
export type EmitOf<A extends Action> =
  NonNullable<A["chunk"]> extends infer C ? (C extends Schema ? StandardSchemaV1.InferInput<C> : never) : never;

/** `"generate_report"` → `"generateReport"`: the key of an action in its list, at run time. */
export function actionKey(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `"generate_report"` → `"generateReport"`, for the compiler. */
export type ActionKey<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<ActionKey<Tail>>}` : Name;

/** Whether a duration literal is over the default threshold of 5 seconds, for the compiler. `isAsync` decides at run time. */
type OverThreshold<D extends Duration> = D extends `${string} ${"millisecond" | "milliseconds"}`
  ? false
  : D extends `${infer N} ${"second" | "seconds"}`
    ? N extends "0" | "1" | "2" | "3" | "4" | "5" | `${"0" | "1" | "2" | "3" | "4"}.${string}`
      ? false
      : true
    : true;

/** `OverThreshold` at run time, negated. A text that it reads wrongly, such as "0.05 minutes", is refused: see `defineAction`. */
const READS_AS_SYNC = /milli|^(?:[0-5]|[0-4]\.\d+) seconds?$/;

/** The keys of the actions that the router answers itself. */
export type SyncKeys<A extends Actions> = {
  [Key in keyof A]: OverThreshold<A[Key]["estimatedDuration"]> extends true ? never : Key;
}[keyof A];

/** Whether an action gets a processor of its own. */
export function isAsync(action: Action, thresholdMs: number = ASYNC_THRESHOLD_MS): boolean {
  return action.estimatedDurationMs > thresholdMs;
}

const DEFAULT_SYNC_TIMEOUT_MS = 25_000;

/**
 * Defines an action. Put it in a file of its own without server code: clients import it for its types.
 *
 * @throws {RangeError} when the name is not snake_case or a limit is out of its range; the message names the action and the fix.
 */
export function defineAction<
  const Name extends string,
  Input extends Schema,
  Output extends Schema,
  const Estimate extends Duration,
  Progress extends Schema | undefined = undefined,
  Chunk extends Schema | undefined = undefined,
>(name: Name, options: ActionOptions<Input, Output, Progress, Estimate, Chunk>): Action<Name, Input, Output, Progress, Estimate, Chunk> {
  const refuse = (problem: string): never => {
    throw new RangeError(`Action "${name}": ${problem}`);
  };
  if (!ACTION_NAME_PATTERN.test(name) || name.length > MAX_ACTION_NAME_CHARS) {
    refuse(
      `the name must be snake_case (letters, digits and single underscores, beginning with a letter), up to ${MAX_ACTION_NAME_CHARS} characters.`,
    );
  }
  const ms = (option: string, duration: Duration): number => {
    try {
      return durationMs(duration);
    } catch (error) {
      return refuse(`${option}: ${(error as RangeError).message}`);
    }
  };
  const estimatedDurationMs = ms("estimatedDuration", options.estimatedDuration);
  if (estimatedDurationMs >= 1_000 && options.estimatedDuration.includes("milli")) {
    refuse(`write the estimated duration "${options.estimatedDuration}" in seconds.`);
  }
  if (READS_AS_SYNC.test(options.estimatedDuration) !== estimatedDurationMs <= ASYNC_THRESHOLD_MS) {
    refuse(`write the estimated duration "${options.estimatedDuration}" as "${estimatedDurationMs / 1_000} seconds".`);
  }
  const timeoutMs =
    options.timeout === undefined
      ? estimatedDurationMs > ASYNC_THRESHOLD_MS
        ? MAX_ACTION_TIMEOUT_MS
        : DEFAULT_SYNC_TIMEOUT_MS
      : ms("timeout", options.timeout);
  if (timeoutMs <= 0 || timeoutMs > MAX_ACTION_TIMEOUT_MS) {
    refuse(
      `the timeout "${options.timeout}" must be over 0 and at most ${MAX_ACTION_TIMEOUT_MS / 60_000} minutes (Lambda's 15 less one for settling).`,
    );
  }
  const retry = {
    attempts: options.retry?.attempts ?? 3,
    minDelayMs: ms("retry.minDelay", options.retry?.minDelay ?? "1 second"),
    maxDelayMs: ms("retry.maxDelay", options.retry?.maxDelay ?? "1 minute"),
    factor: options.retry?.factor ?? 2,
  };
  if (!Number.isInteger(retry.attempts) || retry.attempts < 1 || retry.attempts > 20)
    refuse(`retry.attempts ${retry.attempts} must be a whole number from 1 to 20.`);
  if (retry.minDelayMs > retry.maxDelayMs) refuse("retry.minDelay must not be over retry.maxDelay.");
  if (retry.maxDelayMs > 12 * 3_600_000) refuse("retry.maxDelay must be at most 12 hours, SQS's longest visibility timeout.");
  if (!(retry.factor >= 1)) refuse(`retry.factor ${retry.factor} must be at least 1.`);
  // Until the function itself is ended, when nobody works on it any more for sure.
  const leaseMs = options.lease === "untilDeadline" ? timeoutMs + SETTLE_RESERVE_MS : ms("lease", options.lease ?? "1 minute");
  if (leaseMs < 1_000 || leaseMs > MAX_FUNCTION_TIMEOUT_MS)
    refuse(`the lease "${options.lease}" must be from 1 second to ${MAX_FUNCTION_TIMEOUT_MS / 60_000} minutes.`);
  const concurrency = options.concurrency ?? 50;
  if (!Number.isInteger(concurrency) || concurrency < 2 || concurrency > 1_000)
    refuse(`concurrency ${concurrency} must be a whole number from 2 to 1,000 (an SQS mapping's range).`);
  return {
    name,
    input: options.input,
    output: options.output,
    progress: options.progress,
    chunk: options.chunk,
    estimatedDuration: options.estimatedDuration,
    estimatedDurationMs,
    timeoutMs,
    retry,
    leaseMs,
    permissions: options.permissions ?? [],
    memory: options.memory ?? "512 MB",
    concurrency,
  };
}

/**
 * The list of an app's actions, checked: every key is the camelCase of its action's name, and no two share a name.
 *
 * @throws {RangeError} naming the action and the fix.
 */
export function defineActions<const A extends Actions>(
  actions: A & { [Key in keyof A]: A[Key] extends Action<infer Name> ? (ActionKey<Name> extends Key ? A[Key] : never) : never },
): A {
  const names = new Set<string>();
  for (const [key, action] of Object.entries<Action>(actions)) {
    if (names.has(action.name)) throw new RangeError(`Action "${action.name}" is defined twice. Give one of them another name.`);
    names.add(action.name);
    if (actionKey(action.name) !== key) {
      throw new RangeError(`Action "${action.name}" stands under the key "${key}". Call the key "${actionKey(action.name)}".`);
    }
  }
  return actions;
}
