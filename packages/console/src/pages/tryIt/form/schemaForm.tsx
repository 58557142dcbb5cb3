import { useMemo } from "react";
import type { ReactElement } from "react";
import { sentence } from "../../../ui/index.ts";
import { FormContext } from "./formContext.ts";
import type { NodeProps } from "./formContext.ts";
import { placeIssues } from "./issues.ts";
import type { Issue } from "./issues.ts";
import { NodeView } from "./nodeView.tsx";
import type { Path } from "./paths.ts";
import type { JsonSchema } from "./schema.ts";
import { nodeOf } from "./schema.ts";
import { PropertiesView } from "./propertiesView.tsx";
import "./form.css";

export interface SchemaFormProps {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly issues: readonly Issue[];
  readonly onChange: (path: Path, value: unknown) => void;
  readonly onProblem: (path: Path, problem: string | undefined) => void;
}

/** A form for any payload, made from its JSON Schema. What has no form in it is edited as JSON. */
export function SchemaForm({ schema, value, issues, onChange, onProblem }: SchemaFormProps): ReactElement {
  const placed = useMemo(() => placeIssues(issues, value, schema), [issues, value, schema]);
  const context = useMemo(() => ({ root: schema, issues: placed, onChange, onProblem, renderNode }), [schema, placed, onChange, onProblem]);
  const node = nodeOf(schema, schema);
  const own = node.kind === "object" ? (placed.get("") ?? []) : [];
  return (
    <FormContext value={context}>
      <div className="form">
        {node.kind !== "object" && <NodeView schema={schema} path={[]} value={value} label="Payload" required />}
        {node.kind === "object" && node.properties.length === 0 && <p className="muted small">It takes no input.</p>}
        {node.kind === "object" && <PropertiesView properties={node.properties} path={[]} value={value} />}
        {own.map((text) => (
          <p key={text} className="field-error">
            {sentence(text)}
          </p>
        ))}
      </div>
    </FormContext>
  );
}

function renderNode(props: NodeProps): ReactElement {
  return <NodeView {...props} />;
}
