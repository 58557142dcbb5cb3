import { Fragment } from "react";
import type { ReactElement } from "react";
import { titleOf } from "../../../ui/index.ts";
import { useFormContext } from "./formContext.ts";
import type { Path } from "./paths.ts";
import { isSchema, nodeOf } from "./schema.ts";
import type { ObjectProperty } from "./schema.ts";

export interface PropertiesViewProps {
  readonly properties: readonly ObjectProperty[];
  readonly path: Path;
  readonly value: unknown;
}

/** The fields of an object; what can have one value only is not asked for. */
export function PropertiesView({ properties, path, value }: PropertiesViewProps): ReactElement {
  const { root, renderNode } = useFormContext();
  const object = isSchema(value) ? value : {};
  return (
    <div className="form-grid">
      {properties.map(({ name, schema, required }) => {
        const node = nodeOf(schema, root);
        if (node.kind === "constant") return null;
        const label = node.title ?? titleOf(name);
        return <Fragment key={name}>{renderNode({ schema, path: [...path, name], value: object[name], label, required })}</Fragment>;
      })}
    </div>
  );
}
