import { ACTION_NAME_PATTERN, MAX_ACTION_TIMEOUT_MS, MAX_FUNCTION_TIMEOUT_MS, SETTLE_RESERVE_MS } from "@streamer/protocol";
import type { FunctionSpec, ProcessorWiring, QueueWiring, Wiring } from "@streamer/server/wiring";
import { inputTemplate, NOTIFIER } from "@streamer/server/wiring";
import { pascalCase } from "./names.ts";

/** EventBridge Pipes: patterns of a filter, characters of a template. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html */
const MAX_PIPE_PATTERNS = 5;
const MAX_TEMPLATE_CHARS = 8_192;
const MINUTE_MS = 60_000;

export interface ValidateDeps {
  /** Whether the module of a handler is there, by its path without extension. */
  readonly moduleExists: (path: string) => boolean;
}

/**
 * Refuses a wiring that AWS would take and that would not work, before anything is deployed.
 *
 * @param functionsDir folder of the functions, for the messages and for looking whether handlers exist.
 * @throws {RangeError} naming the action or part and the fix.
 */
export function validateWiring(wiring: Wiring, functionsDir: string, deps: ValidateDeps): void {
  checkNames(wiring.processors);
  for (const processor of wiring.processors) checkProcessor(processor);
  checkVisibility("The notifier", wiring.notifier.queue, wiring.notifier.function);
  for (const { name, everyMs } of wiring.schedules) {
    if (everyMs < MINUTE_MS || everyMs % MINUTE_MS !== 0)
      throw new RangeError(`Schedule "${name}": every ${everyMs} ms is not possible on AWS. Use whole minutes, at least one.`);
  }
  const { filters } = wiring.pipe;
  if (filters.length > MAX_PIPE_PATTERNS)
    throw new RangeError(`The Pipe has ${filters.length} patterns; AWS takes ${MAX_PIPE_PATTERNS}. Join some of them.`);
  const templateChars = inputTemplate(wiring.pipe).length;
  if (templateChars > MAX_TEMPLATE_CHARS)
    throw new RangeError(`The Pipe's template has ${templateChars} characters; AWS takes ${MAX_TEMPLATE_CHARS}. Send fewer fields.`);

  for (const spec of Object.values(wiring.routes)) checkModule(`Route function "${spec.name}"`, spec, functionsDir, deps);
  for (const { action, function: spec } of wiring.processors) checkModule(`Action "${action}"`, spec, functionsDir, deps);
  checkModule("The notifier", wiring.notifier.function, functionsDir, deps);
  for (const { name, function: spec } of wiring.schedules) checkModule(`Schedule "${name}"`, spec, functionsDir, deps);
}

function checkNames(processors: readonly ProcessorWiring[]): void {
  const seen = new Map<string, string>();
  for (const { action } of processors) {
    if (!ACTION_NAME_PATTERN.test(action))
      throw new RangeError(`Action "${action}": the name must be snake_case (letters, digits and single underscores). Rename it.`);
    // AWS's and SST's names have no underscores, and SST compares them without case.
    const key = pascalCase(action).toLowerCase();
    if (key === NOTIFIER)
      throw new RangeError(
        `Action "${action}" would share the AWS names of Streamer's own notifier, which tells subscribers of topics. Rename it.`,
      );
    const other = seen.get(key);
    if (other === action) throw new RangeError(`Action "${action}" is there twice. Give one of them another name.`);
    if (other !== undefined)
      throw new RangeError(`Actions "${other}" and "${action}" differ by underscores only, and would share AWS names. Rename one of them.`);
    seen.set(key, action);
  }
}

function checkProcessor({ action, queue, function: spec }: ProcessorWiring): void {
  const minutes = (ms: number): string => `${ms / MINUTE_MS} minutes`;
  if (spec.timeoutMs > MAX_FUNCTION_TIMEOUT_MS) {
    throw new RangeError(
      `Action "${action}": its timeout of ${minutes(spec.timeoutMs - SETTLE_RESERVE_MS)} is over ${minutes(MAX_ACTION_TIMEOUT_MS)}, Lambda's 15 less one for settling. Lower it, or split the work.`,
    );
  }
  checkVisibility(`Action "${action}"`, queue, spec);
}

function checkVisibility(what: string, { visibilityTimeoutMs }: QueueWiring, { timeoutMs }: FunctionSpec): void {
  if (visibilityTimeoutMs >= timeoutMs) return;
  throw new RangeError(
    `${what}: messages of its queue stay invisible for ${visibilityTimeoutMs} ms, less than its function may run (${timeoutMs} ms); a second copy would start meanwhile. Set visibilityTimeoutMs to at least ${timeoutMs}.`,
  );
}

function checkModule(what: string, spec: FunctionSpec, functionsDir: string, deps: ValidateDeps): void {
  const path = `${functionsDir}/${spec.handler.slice(0, spec.handler.lastIndexOf("."))}`;
  const exported = spec.handler.slice(spec.handler.lastIndexOf(".") + 1);
  if (!deps.moduleExists(path)) throw new RangeError(`${what}: there is no ${path}.ts. Create it, and export "${exported}" from it.`);
}
