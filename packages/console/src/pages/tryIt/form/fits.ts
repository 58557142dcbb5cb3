import { isSchema, nodeOf } from "./schema.ts";
import type { JsonSchema } from "./schema.ts";

/** Beyond this a value is taken to fit: it is a form's question, the server judges. */
const MAX_DEPTH = 6;

/** Whether a value has the shape of a schema: enough to tell the options of a union apart, and to know whether a form can show it. */
export function fits(value: unknown, schema: JsonSchema, root: JsonSchema, depth = 0): boolean {
  if (depth > MAX_DEPTH) return true;
  const node = nodeOf(schema, root);
  switch (node.kind) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "constant":
      return same(value, node.value);
    case "choice":
      return node.options.some((option) => same(option, value));
    case "list":
      return Array.isArray(value) && value.every((item) => fits(item, node.item, root, depth + 1));
    case "union":
      return node.options.some((option) => fits(value, option, root, depth + 1));
    case "object":
      return (
        isSchema(value) &&
        Object.keys(value).every((name) => node.properties.some((property) => property.name === name)) &&
        node.properties.every((property) => {
          const inner = value[property.name];
          return inner === undefined ? !property.required : fits(inner, property.schema, root, depth + 1);
        })
      );
    case "json":
      return true;
  }
}

/**
 * Which option of a union a value is of: the first that it fits; else the first whose constants it has, as what is being filled in fits nothing
 * yet; else the first.
 */
export function optionOf(value: unknown, options: readonly JsonSchema[], root: JsonSchema): number {
  const fitting = options.findIndex((option) => fits(value, option, root));
  if (fitting !== -1) return fitting;
  const marked = options.findIndex((option) => {
    const marks = constantsOf(option, root);
    return marks.length > 0 && isSchema(value) && marks.every(([name, constant]) => same(value[name], constant));
  });
  if (marked !== -1) return marked;
  return Math.max(
    0,
    options.findIndex((option) => kindFits(value, option, root)),
  );
}

/** The properties of an object that have one value only: what tells it from the others of a union. */
export function constantsOf(schema: JsonSchema, root: JsonSchema): readonly (readonly [name: string, value: unknown])[] {
  const node = nodeOf(schema, root);
  if (node.kind !== "object") return [];
  return node.properties.flatMap((property) => {
    const inner = nodeOf(property.schema, root);
    return inner.kind === "constant" ? [[property.name, inner.value] as const] : [];
  });
}

function kindFits(value: unknown, schema: JsonSchema, root: JsonSchema): boolean {
  const { kind } = nodeOf(schema, root);
  return (kind === "object" && isSchema(value)) || (kind === "list" && Array.isArray(value));
}

export function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
