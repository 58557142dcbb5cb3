/** A JSON Schema, or a part of one, as JSON gives it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

interface Described {
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** What the server takes when there is nothing. */
  readonly fallback: unknown;
}

export interface ObjectProperty {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** What a form needs to know of one level of a schema. `json`: it has no form of its own and is edited as JSON. */
export type FormNode = Described &
  (
    | { readonly kind: "text"; readonly form: "line" | "date" | "time"; readonly maxLength: number | undefined }
    | { readonly kind: "number"; readonly integer: boolean; readonly minimum: number | undefined; readonly maximum: number | undefined }
    | { readonly kind: "boolean" }
    | { readonly kind: "choice"; readonly options: readonly unknown[] }
    | { readonly kind: "constant"; readonly value: unknown }
    | { readonly kind: "object"; readonly properties: readonly ObjectProperty[] }
    | { readonly kind: "list"; readonly item: JsonSchema; readonly maxItems: number | undefined }
    | { readonly kind: "union"; readonly options: readonly JsonSchema[] }
    | { readonly kind: "json" }
  );

/** References within references; a schema that only refers to itself ends here. */
const MAX_REFERENCES = 20;
const DATE_PATTERN = String.raw`^\d{4}-\d{2}-\d{2}$`;

/**
 * One level of a schema, references followed: what lies in it is described when it is shown, so that a schema may contain itself.
 *
 * @param root in which references are looked up.
 */
export function nodeOf(schema: JsonSchema, root: JsonSchema): FormNode {
  const resolved = resolve(schema, root);
  const described = { title: textIn(resolved, "title"), description: textIn(resolved, "description"), fallback: resolved["default"] };
  if ("const" in resolved) return { ...described, kind: "constant", value: resolved["const"] };
  const { enum: options } = resolved;
  if (Array.isArray(options)) return { ...described, kind: "choice", options };
  const union = schemasIn(resolved, "anyOf") ?? schemasIn(resolved, "oneOf");
  if (union !== undefined) return unionNode(described, union, root);
  const { type } = resolved;
  if (Array.isArray(type)) {
    const each = type.map((one: unknown) => ({ ...resolved, type: one }));
    return each.length === 1 ? nodeOf(each[0] ?? {}, root) : unionNode(described, each, root);
  }
  switch (type) {
    case "string":
      return { ...described, kind: "text", form: textForm(resolved), maxLength: numberIn(resolved, "maxLength") };
    case "number":
    case "integer":
      return {
        ...described,
        kind: "number",
        integer: type === "integer",
        minimum: numberIn(resolved, "minimum"),
        maximum: numberIn(resolved, "maximum"),
      };
    case "boolean":
      return { ...described, kind: "boolean" };
    case "null":
      return { ...described, kind: "constant", value: null };
    case "array": {
      const { items } = resolved;
      // Tuples, and lists of anything, have no form.
      if (!isSchema(items) || Object.keys(items).length === 0 || "prefixItems" in resolved) return { ...described, kind: "json" };
      return { ...described, kind: "list", item: items, maxItems: numberIn(resolved, "maxItems") };
    }
    case "object": {
      const { properties, additionalProperties } = resolved;
      if (!isSchema(properties)) return { ...described, kind: "json" };
      // A record: its keys are anybody's.
      if (Object.keys(properties).length === 0 && isSchema(additionalProperties)) return { ...described, kind: "json" };
      const required = Array.isArray(resolved["required"]) ? (resolved["required"] as readonly unknown[]) : [];
      return {
        ...described,
        kind: "object",
        properties: Object.entries(properties).map(([name, property]) => ({
          name,
          schema: isSchema(property) ? property : {},
          required: required.includes(name),
        })),
      };
    }
    default:
      return { ...described, kind: "json" };
  }
}

/** A union of constants is a choice; one of a single kind is that. */
function unionNode(described: Described, options: readonly JsonSchema[], root: JsonSchema): FormNode {
  const constants = options.map((option) => nodeOf(option, root)).filter((node) => node.kind === "constant");
  if (constants.length === options.length) return { ...described, kind: "choice", options: constants.map(({ value }) => value) };
  const [only] = options;
  if (options.length === 1 && only !== undefined) return { ...nodeOf(only, root), ...described };
  return { ...described, kind: "union", options };
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let resolved = schema;
  for (let count = 0; count < MAX_REFERENCES; count += 1) {
    const { $ref, ...rest } = resolved;
    if (typeof $ref !== "string") return resolved;
    resolved = { ...target($ref, root), ...rest };
  }
  return {};
}

/** Only what the same schema holds: nothing is fetched. */
function target(reference: string, root: JsonSchema): JsonSchema {
  if (reference !== "#" && !reference.startsWith("#/")) return {};
  let found: unknown = root;
  for (const part of reference.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isSchema(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return isSchema(found) ? found : {};
}

function textForm(schema: JsonSchema): "line" | "date" | "time" {
  if (schema["format"] === "date" || schema["pattern"] === DATE_PATTERN) return "date";
  return schema["format"] === "date-time" ? "time" : "line";
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function schemasIn(schema: JsonSchema, key: string): readonly JsonSchema[] | undefined {
  const value = schema[key];
  return Array.isArray(value) && value.length > 0 && value.every(isSchema) ? value : undefined;
}

function textIn(schema: JsonSchema, key: string): string | undefined {
  const value = schema[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberIn(schema: JsonSchema, key: string): number | undefined {
  const value = schema[key];
  return typeof value === "number" ? value : undefined;
}
