import { CORRELATION_ID_PATTERN } from "@streamer/protocol";
import * as v from "valibot";
import { LOG_FIELDS, LOG_LEVELS } from "./logFields.ts";
import type { LogField, LogFieldKind } from "./logFields.ts";
import { OPERATIONS } from "./operations.ts";
import type { Operation } from "./operations.ts";

const TIME_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const TRACE_ID_PATTERN = /^[\da-f]{32}$/;
const OPERATION_NAMES = Object.keys(OPERATIONS) as readonly Operation[];

const text = v.string();
const number = v.number();
const amount = v.pipe(number, v.minValue(0));
const count = v.pipe(number, v.safeInteger(), v.minValue(0));

interface LoggedErrorShape {
  readonly name: string;
  readonly cause?: LoggedErrorShape | undefined;
}

const loggedError: v.GenericSchema<LoggedErrorShape> = v.strictObject({
  name: text,
  message: text,
  stack: text,
  code: v.optional(v.union([text, number])),
  verb: v.optional(text),
  syscall: v.optional(text),
  errno: v.optional(number),
  status: v.optional(v.union([text, number])),
  $fault: v.optional(text),
  details: v.optional(v.strictObject({ size_bytes: v.optional(number), limit_bytes: v.optional(number), retry_after: v.optional(number) })),
  $metadata: v.optional(v.strictObject({ httpStatusCode: v.optional(number), requestId: v.optional(text), attempts: v.optional(number) })),
  cause: v.optional(v.lazy(() => loggedError)),
});

const VALUES: Readonly<Record<LogFieldKind, v.GenericSchema>> = {
  level: v.picklist(LOG_LEVELS),
  operation: v.picklist(OPERATION_NAMES),
  time: v.pipe(text, v.regex(TIME_PATTERN)),
  uuid: v.pipe(text, v.regex(CORRELATION_ID_PATTERN)),
  traceId: v.pipe(text, v.regex(TRACE_ID_PATTERN)),
  text,
  texts: v.array(text),
  count,
  amount,
  flag: v.boolean(),
  counts: v.record(text, amount),
  error: loggedError,
  app: v.looseObject({}),
};

/** A line that a function of ours wrote. */
export interface LogLine {
  readonly timestamp: string;
  readonly level: (typeof LOG_LEVELS)[number];
  readonly service: string;
  readonly message: string;
  readonly operation: Operation;
  readonly correlation_id?: string;
  readonly [field: string]: unknown;
}

/**
 * What a line of the log may hold: the fields of `LOG_FIELDS`, and no other. For tests; nothing is checked while a function runs.
 */
export const logLine = v.strictObject(
  Object.fromEntries(
    Object.entries<LogField>(LOG_FIELDS).map(([name, { kind, always }]) => [
      name,
      always === true ? VALUES[kind] : v.optional(VALUES[kind]),
    ]),
  ),
) as unknown as v.GenericSchema<unknown, LogLine>;

/** What else a function's log holds beside lines: its metrics, and the reports of the Lambda platform. */
export type LogText = { readonly kind: "line" | "metrics" | "platform"; readonly value: unknown } | { readonly kind: "other" };

/** Tells a line of ours from what others write to the same log. `other` is no JSON object: nothing of ours writes that. */
export function readLogText(written: string): LogText {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return { kind: "other" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { kind: "other" };
  // CloudWatch's embedded metric format.
  if (Object.hasOwn(value, "_aws")) return { kind: "metrics", value };
  // Lambda's JSON log format: `{"time", "type": "platform.report", "record"}`.
  const type: unknown = Reflect.get(value, "type");
  if (typeof type === "string" && type.startsWith("platform.")) return { kind: "platform", value };
  return { kind: "line", value };
}

/** What is wrong with a line, in sentences; empty when it is as it should be. */
export function logLineProblems(value: unknown): readonly string[] {
  const parsed = v.safeParse(logLine, value);
  if (parsed.success) return [];
  return parsed.issues.map((issue) => {
    const path = v.getDotPath(issue) ?? "";
    const unknown = issue.type === "strict_object" && issue.expected === "never";
    return unknown ? `${path}: is no field of the log; add it to LOG_FIELDS, or leave it out` : `${path}: ${issue.message}`;
  });
}

type JsonSchema = Readonly<Record<string, unknown>>;

const JSON_VALUES: Readonly<Record<LogFieldKind, JsonSchema>> = {
  level: { enum: [...LOG_LEVELS] },
  operation: { enum: [...OPERATION_NAMES] },
  time: { type: "string", pattern: TIME_PATTERN.source },
  uuid: { type: "string", pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$" },
  traceId: { type: "string", pattern: TRACE_ID_PATTERN.source },
  text: { type: "string" },
  texts: { type: "array", items: { type: "string" } },
  count: { type: "integer", minimum: 0 },
  amount: { type: "number", minimum: 0 },
  flag: { type: "boolean" },
  counts: { type: "object", additionalProperties: { type: "number", minimum: 0 } },
  error: { $ref: "#/$defs/error" },
  app: { type: "object" },
};

const jsonText = { type: "string" };
const jsonNumber = { type: "number" };
const jsonCode = { type: ["string", "number"] };
const JSON_ERROR: JsonSchema = {
  type: "object",
  required: ["name", "message", "stack"],
  additionalProperties: false,
  properties: {
    name: jsonText,
    message: jsonText,
    stack: jsonText,
    code: jsonCode,
    verb: jsonText,
    syscall: jsonText,
    errno: jsonNumber,
    status: jsonCode,
    $fault: jsonText,
    details: {
      type: "object",
      additionalProperties: false,
      properties: { size_bytes: jsonNumber, limit_bytes: jsonNumber, retry_after: jsonNumber },
    },
    $metadata: {
      type: "object",
      additionalProperties: false,
      properties: { httpStatusCode: jsonNumber, requestId: jsonText, attempts: jsonNumber },
    },
    cause: { $ref: "#/$defs/error" },
  },
};

/** The same as JSON Schema: `packages/docs/log-line.schema.json`. */
export function logLineJsonSchema(): JsonSchema {
  const fields = Object.entries<LogField>(LOG_FIELDS);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A line of Streamer's log",
    description: "Made from packages/server/src/observability/logFields.ts; packages/docs/observability.md says what each is for.",
    type: "object",
    required: fields.filter(([, { always }]) => always === true).map(([name]) => name),
    additionalProperties: false,
    properties: Object.fromEntries(fields.map(([name, { kind, meaning }]) => [name, { description: meaning, ...JSON_VALUES[kind] }])),
    $defs: { error: JSON_ERROR },
  };
}
