import type { ReactElement } from "react";
import { Field, sentence } from "../../../ui/index.ts";
import { BooleanControl, ChoiceControl, NumberControl, TextControl } from "./controls.tsx";
import { useFormContext } from "./formContext.ts";
import type { NodeProps } from "./formContext.ts";
import { JsonControl } from "./jsonControl.tsx";
import { ListView } from "./listView.tsx";
import { MAX_LISTED } from "./listLimit.ts";
import { ObjectView } from "./objectView.tsx";
import { pathText } from "./paths.ts";
import { isSchema, nodeOf } from "./schema.ts";
import { hintOf } from "./texts.ts";
import { UnionView } from "./unionView.tsx";

/** One place of a payload: the field that its schema asks for, or an editor for JSON when the value there is of another shape. */
export function NodeView(props: NodeProps): ReactElement {
  const { schema, path, value, label, required } = props;
  const { root, issues, onChange, onProblem } = useFormContext();
  const node = nodeOf(schema, root);
  const texts = issues.get(pathText(path)) ?? [];
  if (node.kind === "union") return <UnionView {...props} options={node.options} />;
  if (node.kind === "object" && (value === undefined || isSchema(value))) return <ObjectView {...props} properties={node.properties} />;
  if (node.kind === "list" && (value === undefined || (Array.isArray(value) && value.length <= MAX_LISTED))) {
    return <ListView {...props} item={node.item} maxItems={node.maxItems} />;
  }
  const change = (next: unknown): void => onChange(path, next);
  const many =
    Array.isArray(value) && value.length > MAX_LISTED ? `${value.length.toLocaleString("en")} items, edited as JSON.` : undefined;
  const hint = many ?? hintOf(node);
  const wide = node.kind === "json" || node.kind === "list" || node.kind === "object" || isLongText(value);
  return (
    <Field
      label={label}
      optional={!required}
      hint={hint}
      error={texts.length > 0 ? texts.map(sentence).join(" ") : undefined}
      className={wide ? "form-wide" : ""}
    >
      {(control) => {
        if (node.kind === "choice") return <ChoiceControl {...{ control, node, value, required, change }} />;
        if (node.kind === "boolean" && isOr(value, "boolean")) return <BooleanControl {...{ control, node, value, required, change }} />;
        // What is no number yet, as somebody types it, stays in the field as the text that it is.
        if (node.kind === "number" && (isOr(value, "number") || typeof value === "string")) {
          return <NumberControl {...{ control, node, value, required, change }} />;
        }
        if (node.kind === "text" && isOr(value, "string")) return <TextControl {...{ control, node, value, required, change }} />;
        return <JsonControl control={control} value={value} onChange={change} onProblem={(problem) => onProblem(path, problem)} />;
      }}
    </Field>
  );
}

function isOr(value: unknown, type: "boolean" | "number" | "string"): boolean {
  return value === undefined || typeof value === type;
}

function isLongText(value: unknown): boolean {
  return typeof value === "string" && (value.includes("\n") || value.length > 60);
}
