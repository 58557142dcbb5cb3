import { nodeOf } from "./schema.ts";
import type { JsonSchema } from "./schema.ts";

const MAX_DEPTH = 8;

/** What a form begins with: what is required, empty. What may be left out is. */
export function initialValue(schema: JsonSchema, root: JsonSchema, depth = 0): unknown {
  const node = nodeOf(schema, root);
  if (node.fallback !== undefined) return node.fallback;
  if (depth > MAX_DEPTH) return undefined;
  switch (node.kind) {
    case "text":
      return "";
    case "boolean":
      return false;
    case "constant":
      return node.value;
    case "choice":
      return node.options[0];
    case "list":
      return [];
    case "union":
      return node.options[0] === undefined ? undefined : initialValue(node.options[0], root, depth + 1);
    case "object": {
      const entries = node.properties
        .filter(({ required }) => required)
        .map((property) => [property.name, initialValue(property.schema, root, depth + 1)] as const);
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    case "number":
    case "json":
      return undefined;
  }
}
