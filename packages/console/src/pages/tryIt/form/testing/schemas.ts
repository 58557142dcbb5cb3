import type { JsonSchema } from "../schema.ts";

/** Operations that are told apart by `op`, as those of `process_data`. */
export const OPERATIONS: JsonSchema = {
  type: "object",
  properties: {
    format: { enum: ["csv", "json"], type: "string" },
    operations: {
      type: "array",
      maxItems: 20,
      default: [],
      items: {
        oneOf: [
          { type: "object", properties: { op: { const: "filter" }, where: {} }, required: ["op", "where"], additionalProperties: false },
          {
            type: "object",
            properties: { op: { const: "sort" }, by: { type: "array", items: { type: "string" } } },
            required: ["op", "by"],
            additionalProperties: false,
          },
        ],
      },
    },
    output: { type: "object", properties: { format: { type: "string" } }, required: [] },
  },
  required: ["format"],
};

/** A tree: it contains itself. */
export const TREE: JsonSchema = {
  $ref: "#/$defs/node",
  $defs: {
    node: {
      type: "object",
      properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/$defs/node" } } },
      required: ["name", "children"],
    },
  },
};
