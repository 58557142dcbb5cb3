import type { JsonSchema } from "./document.ts";

/** A field of a message, as a row of its table. */
export interface Field {
  /** With dots for what stands in another: `result.data.url`. */
  readonly path: string;
  readonly required: boolean;
  readonly allowed: string;
}

/**
 * The fields of a message's payload, those within objects too. A message of several forms has the fields of each, once; a field is required
 * when it is so in all of them.
 */
export function fieldsOf(schema: JsonSchema): readonly Field[] {
  const found = new Map<string, { required: boolean; readonly allowed: Set<string>; forms: number }>();
  const forms = formsOf(schema);
  for (const form of forms) {
    for (const { path, required, allowed } of fieldsOfForm(form, "")) {
      const before = found.get(path);
      if (before === undefined) found.set(path, { required, allowed: new Set([allowed]), forms: 1 });
      else {
        before.required &&= required;
        before.allowed.add(allowed);
        before.forms += 1;
      }
    }
  }
  return [...found].map(([path, { required, allowed, forms: inForms }]) => ({
    path,
    required: required && inForms === forms.length,
    allowed: [...allowed].join(" or "),
  }));
}

function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  const forms = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(forms) ? (forms as readonly JsonSchema[]).flatMap((form) => formsOf(form)) : [schema];
}

function fieldsOfForm(schema: JsonSchema, prefix: string): readonly Field[] {
  const required = (schema["required"] ?? []) as readonly string[];
  return Object.entries((schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const own = { path, required: required.includes(name), allowed: allowedBy(field) };
    return [own, ...(isObject(field) ? fieldsOfForm(field, `${path}.`) : [])];
  });
}

function isObject(schema: JsonSchema): boolean {
  return schema["type"] === "object" && schema["properties"] !== undefined;
}

/** `text, 1 to 64 characters, matches …`. */
function allowedBy(schema: JsonSchema): string {
  if (Object.hasOwn(schema, "const")) return code(JSON.stringify(schema["const"]));
  if (Array.isArray(schema["enum"])) return schema["enum"].map((value) => code(JSON.stringify(value))).join(", ");
  const forms = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(forms)) return [...new Set((forms as readonly JsonSchema[]).map((form) => allowedBy(form)))].join(" or ");
  switch (schema["type"]) {
    case "string":
      return ["text", range(schema["minLength"], schema["maxLength"], "characters"), pattern(schema["pattern"])].filter(Boolean).join(", ");
    case "number":
    case "integer":
      return [schema["type"] === "integer" ? "whole number" : "number", range(schema["minimum"], schema["maximum"], "")]
        .filter(Boolean)
        .join(", ");
    case "boolean":
      return "`true` or `false`";
    case "array": {
      const size = range(schema["minItems"], schema["maxItems"], "items");
      return [`list of ${schema["items"] === undefined ? "anything" : allowedBy(schema["items"] as JsonSchema)}`, size]
        .filter(Boolean)
        .join(", ");
    }
    case "object":
      return objectOf(schema);
    default:
      return "anything";
  }
}

function objectOf(schema: JsonSchema): string {
  const rest = schema["additionalProperties"];
  if (schema["properties"] === undefined && typeof rest === "object" && rest !== null) return `object of ${allowedBy(rest as JsonSchema)}`;
  const names = Object.keys(schema["properties"] ?? {});
  return names.length === 0 ? "object" : `object with ${names.map((name) => code(name)).join(", ")}`;
}

function range(min: unknown, max: unknown, unit: string): string {
  // What a language's numbers can hold at most is no limit of ours.
  const least = typeof min === "number" && min > Number.MIN_SAFE_INTEGER ? min.toLocaleString("en-US") : undefined;
  const most = typeof max === "number" && max < Number.MAX_SAFE_INTEGER ? max.toLocaleString("en-US") : undefined;
  const text =
    least === undefined
      ? most && `at most ${most}`
      : most === undefined
        ? `at least ${least}`
        : least === most
          ? least
          : `${least} to ${most}`;
  return text === undefined ? "" : `${text} ${unit}`.trim();
}

function pattern(text: unknown): string {
  return typeof text === "string" ? `matches ${code(text)}` : "";
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}
