import { toJsonSchema } from "@valibot/to-json-schema";
import type { Action } from "@streamer/protocol";
import type { GenericSchema } from "valibot";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What is checked by code, and before another check: what that one wants is what counts. */
const CUSTOM = "custom";
/** Where a schema holds others. */
const PARTS: ReadonlySet<string> = new Set(["entries", "options", "item", "items", "key", "value", "wrapped", "rest"]);

/**
 * The JSON Schema (draft 2020-12) of a schema, as far as there is one: rules that JSON Schema has no words for are left out. One of another
 * library than valibot gives a schema that takes anything, and says so.
 *
 * @param side what is sent (`input`), or what comes out of the check (`output`).
 */
export function jsonSchemaOf(schema: Action["input"], side: "input" | "output"): JsonSchema {
  if (!isValibot(schema)) return { description: `A schema of ${schema["~standard"].vendor}: it has no JSON Schema here.` };
  const { $schema: _, ...converted } = toJsonSchema(withoutFirstLook(schema), {
    target: "draft-2020-12",
    typeMode: side,
    errorMode: "ignore",
  });
  return converted;
}

/** The same schema, in which no pipe begins with a check by code when a schema follows it. */
function withoutFirstLook<Part>(part: Part): Part {
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

function isValibot(schema: unknown): schema is GenericSchema {
  const { kind, "~standard": standard } = schema as { readonly kind?: unknown; readonly "~standard"?: { readonly vendor?: unknown } };
  return kind === "schema" && standard?.vendor === "valibot";
}
