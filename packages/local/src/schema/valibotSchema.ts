import type { GenericSchema } from "valibot";

/** What is checked by code, and before another check: what that one wants is what counts. */
const CUSTOM = "custom";
/** Where a schema holds others. */
const PARTS: ReadonlySet<string> = new Set(["entries", "options", "item", "items", "key", "value", "wrapped", "rest"]);

/** The same schema, in which no pipe begins with a check by code when a schema follows it: JSON Schema has words for the second only. */
export function withoutFirstLook<Part>(part: Part): Part {
  if (Array.isArray(part)) return part.map((one: unknown) => withoutFirstLook(one)) as Part;
  if (typeof part !== "object" || part === null) return part;
  const { pipe } = part as { readonly pipe?: readonly unknown[] };
  const [first, next] = pipe ?? [];
  if (pipe !== undefined && isValibot(first) && first.type === CUSTOM && isValibot(next)) {
    return withoutFirstLook({ ...next, pipe: pipe.slice(1) }) as Part;
  }
  const isSchema = isValibot(part);
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, !isSchema || PARTS.has(key) ? withoutFirstLook<unknown>(value) : (value as unknown)]),
  ) as Part;
}

export function isValibot(schema: unknown): schema is GenericSchema {
  const { kind, "~standard": standard } = schema as { readonly kind?: unknown; readonly "~standard"?: { readonly vendor?: unknown } };
  return kind === "schema" && standard?.vendor === "valibot";
}
