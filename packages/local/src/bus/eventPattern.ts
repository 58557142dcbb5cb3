import type { EventPattern } from "@streamer/server";
import { compileValue, EventPatternError, isScalar } from "./valueMatcher.ts";
import type { PatternTarget, Scalar, ValueMatcher } from "./valueMatcher.ts";

export { EventPatternError } from "./valueMatcher.ts";
export type { PatternTarget } from "./valueMatcher.ts";

/** PutRule and a Pipe's filter take no more. @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const MAX_PATTERN_CHARS = 4_096;
/** Names that keep "$or" a plain field: EventBridge then reads its array as values, not as alternatives. */
const RESERVED_IN_OR = new Set([
  "prefix",
  "suffix",
  "equals-ignore-case",
  "anything-but",
  "exists",
  "wildcard",
  "numeric",
  "cidr",
  "exactly",
]);

/** Fields of a pattern that must all match: path, joined with dots, to the values it may have. */
type Conjunction = ReadonlyMap<string, readonly ValueMatcher[]>;
/** Which element of which array a leaf lies in: path of the array to index. */
type Membership = ReadonlyMap<string, number>;
interface Leaf {
  readonly value: Scalar;
  readonly membership: Membership;
}

/**
 * Makes a test of an event pattern, with the semantics of EventBridge: all fields must match, any value of a field; a leaf in an array
 * counts for its field; two fields never match in different elements of one array; a dot in a key is the same as nesting.
 *
 * @throws {EventPatternError} when AWS would refuse the pattern for this target.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function compilePattern(pattern: EventPattern, options: { readonly target: PatternTarget }): (event: object) => boolean {
  const size = JSON.stringify(pattern).length;
  if (size > MAX_PATTERN_CHARS)
    throw new EventPatternError(`The event pattern has ${size} characters; at most ${MAX_PATTERN_CHARS} are allowed.`);
  const alternatives = flattenPattern(pattern, "", [new Map()], options.target).map((fields) => [...fields]);
  const named = pathsTo(alternatives.flatMap((fields) => fields.map(([path]) => path)));
  return (event) => {
    const leaves = new Map<string, Leaf[]>();
    collectLeaves(event, "", new Map(), leaves, named);
    return alternatives.some((fields) => matchesFrom(fields, 0, leaves, new Map()));
  };
}

/** Of each field its path and all above it: nothing else of an event need be looked at. */
function pathsTo(fields: readonly string[]): ReadonlySet<string> {
  return new Set(
    fields.flatMap((field) => {
      const names = field.split(".");
      return names.map((_, depth) => names.slice(0, depth + 1).join("."));
    }),
  );
}

/** Whether the event matches. For many events compile the pattern once. @throws {EventPatternError} as `compilePattern` for a bus. */
export function matchesPattern(pattern: EventPattern, event: object): boolean {
  return compilePattern(pattern, { target: "bus" })(event);
}

/** @throws {EventPatternError} says which field is malformed, or not supported by the target. */
export function validatePattern(pattern: EventPattern, options: { readonly target: PatternTarget }): void {
  compilePattern(pattern, options);
}

/** Adds the fields of `pattern` to each alternative; an `$or` multiplies the alternatives. */
function flattenPattern(
  pattern: unknown,
  path: string,
  alternatives: readonly Conjunction[],
  target: PatternTarget,
): readonly Conjunction[] {
  const where = path === "" ? "The event pattern" : `The event pattern's field "${path}"`;
  if (!isObject(pattern)) throw new EventPatternError(`${where} must be an object or an array of values.`);
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new EventPatternError(`${where} is empty: name at least one field.`);
  return entries.reduce((before, [name, value]) => {
    if (name === "$or" && isOr(value)) return value.flatMap((branch) => flattenPattern(branch, path, before, target));
    const field = path === "" ? name : `${path}.${name}`;
    if (!Array.isArray(value)) return flattenPattern(value, field, before, target);
    if (value.length === 0) throw new EventPatternError(`The event pattern's field "${field}" has an empty array: nothing could match it.`);
    const matchers = value.map((raw) => compileValue(raw, field, target));
    return before.map((fields) => new Map(fields).set(field, matchers));
  }, alternatives);
}

function isOr(value: unknown): value is readonly object[] {
  if (!Array.isArray(value) || value.length < 2) return false;
  return value.every((branch) => isObject(branch) && !Object.keys(branch).some((key) => RESERVED_IN_OR.has(key)));
}

function collectLeaves(node: unknown, path: string, membership: Membership, leaves: Map<string, Leaf[]>, named: ReadonlySet<string>): void {
  if (isScalar(node)) {
    const known = leaves.get(path);
    if (known === undefined) leaves.set(path, [{ value: node, membership }]);
    else known.push({ value: node, membership });
  } else if (Array.isArray(node)) {
    // Nested arrays share a path: the depth keeps their indexes apart.
    const key = `${path}[${membership.size}]`;
    node.forEach((element, index) => collectLeaves(element, path, new Map(membership).set(key, index), leaves, named));
  } else if (isObject(node)) {
    for (const [name, child] of Object.entries(node)) {
      const field = path === "" ? name : `${path}.${name}`;
      if (named.has(field)) collectLeaves(child, field, membership, leaves, named);
    }
  }
}

/** Tries the leaves of each field in turn, going back when their arrays' elements disagree. */
function matchesFrom(
  fields: readonly [string, readonly ValueMatcher[]][],
  at: number,
  leaves: ReadonlyMap<string, Leaf[]>,
  chosen: Membership,
): boolean {
  const field = fields[at];
  if (field === undefined) return true;
  const [path, matchers] = field;
  const found = leaves.get(path);
  if (found === undefined) return matchers.some((matcher) => matcher.absent) && matchesFrom(fields, at + 1, leaves, chosen);
  return found.some(
    ({ value, membership }) =>
      agrees(membership, chosen) &&
      matchers.some((matcher) => matcher.test(value)) &&
      matchesFrom(fields, at + 1, leaves, new Map([...chosen, ...membership])),
  );
}

function agrees(membership: Membership, chosen: Membership): boolean {
  return [...membership].every(([array, index]) => (chosen.get(array) ?? index) === index);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
