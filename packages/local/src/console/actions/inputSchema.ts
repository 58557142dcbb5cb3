import { toJsonSchema } from "@valibot/to-json-schema";
import type { Action } from "@streamer/protocol";
import { isValibot, withoutFirstLook } from "../../schema/valibotSchema.ts";
import type { ActionView } from "../contract.ts";

type SchemaView = Pick<ActionView, "inputSchema" | "noSchemaReason">;

/**
 * The JSON Schema (draft 2020-12) of what clients send. Rules that JSON Schema has no words for, such as one about two fields, are left out:
 * the stack checks them all the same. A schema with parts that no JSON has, and one of another library than valibot, has no such form.
 */
export function inputSchemaOf({ name, input }: Pick<Action, "name" | "input">): SchemaView {
  if (!isValibot(input)) {
    const { vendor } = input["~standard"];
    return {
      noSchemaReason: `The input of ${name} is a schema of ${vendor}. Forms are made of valibot schemas only; write the payload as JSON.`,
    };
  }
  const schema = withoutFirstLook(input);
  try {
    const inputSchema = toJsonSchema(schema, {
      target: "draft-2020-12",
      typeMode: "input",
      errorMode: "throw",
      // Inside of others, what only code can tell may be any JSON; alone it would be no form at all.
      overrideSchema: ({ valibotSchema }) => (valibotSchema.type === "custom" && valibotSchema !== schema ? {} : undefined),
      overrideAction: ({ errors, jsonSchema }) => (errors === undefined ? undefined : jsonSchema),
    });
    return { inputSchema: { ...inputSchema } };
  } catch (error) {
    const why = error instanceof Error ? error.message : "it cannot be converted.";
    return { noSchemaReason: `The input of ${name} has no form as JSON Schema: ${why} Write the payload as JSON.` };
  }
}
