import { optionOf } from "./fits.ts";
import { MAX_LISTED } from "./listLimit.ts";
import type { Path } from "./paths.ts";
import { pathText } from "./paths.ts";
import { isSchema, nodeOf } from "./schema.ts";
import type { JsonSchema } from "./schema.ts";

/** What the server says about a part of a payload. */
export interface Issue {
  /** Dot path from the payload; empty for all of it. */
  readonly path: string;
  readonly message: string;
}

/** Sentences by the path of the field that shows them; the empty path stands for the form itself. */
export type PlacedIssues = ReadonlyMap<string, readonly string[]>;

/**
 * Each issue at its field. What has none, because it is edited as JSON or is not in the schema, stands at the nearest field around it, and
 * says where it belongs.
 */
export function placeIssues(issues: readonly Issue[], value: unknown, schema: JsonSchema): PlacedIssues {
  const placed = new Map<string, string[]>();
  for (const { path, message } of issues) {
    const parts = path === "" ? [] : path.split(".");
    const field = deepestField(parts, value, schema);
    const rest = parts.slice(field.length).join(".");
    const key = pathText(field);
    placed.set(key, [...(placed.get(key) ?? []), rest === "" ? message : `${rest}: ${message}`]);
  }
  return placed;
}

function deepestField(parts: readonly string[], value: unknown, root: JsonSchema): Path {
  const path: (string | number)[] = [];
  let schema = root;
  let inner = value;
  for (const part of parts) {
    let node = nodeOf(schema, root);
    while (node.kind === "union") {
      const option = node.options[optionOf(inner, node.options, root)];
      if (option === undefined) return path;
      schema = option;
      node = nodeOf(schema, root);
    }
    if (node.kind === "list") {
      const index = Number(part);
      if (!Array.isArray(inner) || !Number.isInteger(index) || index >= inner.length || inner.length > MAX_LISTED) return path;
      path.push(index);
      schema = node.item;
      inner = (inner as readonly unknown[])[index];
    } else if (node.kind === "object") {
      const property = node.properties.find(({ name }) => name === part);
      if (property === undefined || nodeOf(property.schema, root).kind === "constant") return path;
      path.push(part);
      schema = property.schema;
      inner = isSchema(inner) ? inner[part] : undefined;
    } else return path;
  }
  return path;
}

/** The issues of a `VALIDATION_ERROR`'s details; none when they say nothing that can be shown. */
export function issuesIn(details: unknown): readonly Issue[] {
  const { issues } = (details ?? {}) as { readonly issues?: unknown };
  if (!Array.isArray(issues)) return [];
  return (issues as readonly unknown[]).flatMap((issue) => {
    const { path, message } = (issue ?? {}) as { readonly path?: unknown; readonly message?: unknown };
    return typeof message === "string" ? [{ path: typeof path === "string" ? path : "", message }] : [];
  });
}
