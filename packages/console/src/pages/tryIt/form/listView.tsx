import type { ReactElement } from "react";
import { Button, Icon, sentence } from "../../../ui/index.ts";
import { useFormContext } from "./formContext.ts";
import type { NodeProps } from "./formContext.ts";
import { initialValue } from "./initialValue.ts";
import { MAX_LISTED } from "./listLimit.ts";
import { pathText } from "./paths.ts";
import type { JsonSchema } from "./schema.ts";

export interface ListViewProps extends NodeProps {
  readonly item: JsonSchema;
  readonly maxItems: number | undefined;
}

/** A list with a field for each item. */
export function ListView({ path, value, label, required, item, maxItems }: ListViewProps): ReactElement {
  const { root, issues, onChange, renderNode } = useFormContext();
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const texts = issues.get(pathText(path)) ?? [];
  const isFull = items.length >= Math.min(maxItems ?? Infinity, MAX_LISTED);
  const remove = (index: number): void => onChange(path, items.toSpliced(index, 1));
  return (
    <fieldset className="form-group form-wide">
      <legend className="field-label">
        {label}
        {!required && <span className="field-optional"> optional</span>}
      </legend>
      {items.length > 0 && (
        <ol className="form-list">
          {items.map((inner, index) => (
            // An item has no name but its place.
            <li key={index} className="form-item">
              <div className="form-item-fields">
                {renderNode({ schema: item, path: [...path, index], value: inner, label: `${label} ${index + 1}`, required: true })}
              </div>
              <Button kind="quiet" size="small" aria-label={`Remove ${label} ${index + 1}`} title="Remove" onClick={() => remove(index)}>
                <Icon name="cross" />
              </Button>
            </li>
          ))}
        </ol>
      )}
      {texts.map((text) => (
        <p key={text} className="field-error">
          {sentence(text)}
        </p>
      ))}
      <Button size="small" disabled={isFull} onClick={() => onChange(path, [...items, initialValue(item, root) ?? null])}>
        <Icon name="plus" size={14} />
        Add<span className="hidden"> to {label}</span>
      </Button>
    </fieldset>
  );
}
