import { Fragment } from "react";
import type { ReactElement } from "react";
import { Field } from "../../../ui/index.ts";
import { optionOf } from "./fits.ts";
import { useFormContext } from "./formContext.ts";
import type { NodeProps } from "./formContext.ts";
import { initialValue } from "./initialValue.ts";
import type { JsonSchema } from "./schema.ts";
import { optionTitle } from "./texts.ts";

/** What may be one of several: which one, and its fields. */
export function UnionView({
  path,
  value,
  label,
  required,
  options,
}: NodeProps & { readonly options: readonly JsonSchema[] }): ReactElement {
  const { root, onChange, renderNode } = useFormContext();
  const there = value !== undefined || required;
  const index = there ? optionOf(value, options, root) : -1;
  const option = options[index];
  const choose = (next: number): void => {
    const chosen = options[next];
    onChange(path, chosen === undefined ? undefined : (initialValue(chosen, root) ?? null));
  };
  return (
    <div className="form-union form-wide">
      <Field label={label} optional={!required}>
        {(control) => (
          <select {...control} className="input" value={index} onChange={(event) => choose(Number(event.target.value))}>
            {!required && <option value={-1}>Not set</option>}
            {options.map((one, place) => (
              // The options of a schema never change places.
              <option key={place} value={place}>
                {optionTitle(one, root, place)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {option !== undefined && (
        <Fragment key={index}>
          {renderNode({ schema: option, path, value, label: optionTitle(option, root, index), required: true, bare: true })}
        </Fragment>
      )}
    </div>
  );
}
