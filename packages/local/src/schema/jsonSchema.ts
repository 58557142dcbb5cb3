import { toJsonSchema } from "@valibot/to-json-schema";
import type { Action } from "@streamer/protocol";
import { isValibot, withoutFirstLook } from "./valibotSchema.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

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
