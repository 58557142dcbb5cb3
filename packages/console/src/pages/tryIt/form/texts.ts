import { countText, titleOf } from "../../../ui/format.ts";
import { constantsOf } from "./fits.ts";
import { nodeOf } from "./schema.ts";
import type { FormNode, JsonSchema } from "./schema.ts";

/** What has one of more kinds than this is called by its fields. */
const MAX_NAMED = 6;

/** What an option of a union is called. */
export function optionTitle(schema: JsonSchema, root: JsonSchema, index: number): string {
  const node = nodeOf(schema, root);
  if (node.title !== undefined) return node.title;
  const [constant] = constantsOf(schema, root);
  if (constant !== undefined) return titleOf(String(constant[1]));
  switch (node.kind) {
    case "constant":
      return String(node.value);
    case "object": {
      const [first] = node.properties;
      const kinds = first === undefined ? undefined : nodeOf(first.schema, root);
      if (kinds?.kind === "choice" && kinds.options.length <= MAX_NAMED) return kinds.options.map(choiceText).join(" / ");
      return node.properties.length === 0 ? `Option ${index + 1}` : node.properties.map(({ name }) => name).join(", ");
    }
    case "json":
      return "JSON";
    default:
      return titleOf(node.kind);
  }
}

/** What speaks about the values that a field takes, beside its own description. */
export function hintOf(node: FormNode): string | undefined {
  const limits = limitsOf(node);
  const texts = [node.description, limits].filter((text) => text !== undefined);
  return texts.length > 0 ? texts.join(" ") : undefined;
}

function limitsOf(node: FormNode): string | undefined {
  if (node.kind !== "number") return undefined;
  const { minimum, maximum } = node;
  // The ends of what a number can be say nothing.
  const upper = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : countText(maximum);
  if (minimum !== undefined && upper !== undefined) return `${countText(minimum)} to ${upper}.`;
  if (upper !== undefined) return `At most ${upper}.`;
  return minimum === undefined || minimum === 0 ? undefined : `At least ${countText(minimum)}.`;
}

/** How a value of a choice is called. Blanks have names. */
export function choiceText(option: unknown): string {
  if (option === "\t") return "Tab";
  if (option === "" || option === " ") return option === "" ? "(empty)" : "(blank)";
  return typeof option === "string" ? option : JSON.stringify(option);
}
