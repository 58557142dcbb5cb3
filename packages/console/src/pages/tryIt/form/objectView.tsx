import type { ReactElement } from "react";
import { Button, sentence } from "../../../ui/index.ts";
import { useFormContext } from "./formContext.ts";
import type { NodeProps } from "./formContext.ts";
import { initialValue } from "./initialValue.ts";
import { pathText } from "./paths.ts";
import { PropertiesView } from "./propertiesView.tsx";
import type { ObjectProperty } from "./schema.ts";

/** An object in a payload. One that may be left out is not there until it is wanted. */
export function ObjectView({
  schema,
  path,
  value,
  label,
  required,
  bare = false,
  properties,
}: NodeProps & { readonly properties: readonly ObjectProperty[] }): ReactElement {
  const { root, issues, onChange } = useFormContext();
  const texts = issues.get(pathText(path)) ?? [];
  const errors = texts.map((text) => (
    <p key={text} className="field-error">
      {sentence(text)}
    </p>
  ));
  if (bare) {
    return (
      <div className="stack form-indented">
        <PropertiesView properties={properties} path={path} value={value} />
        {errors}
      </div>
    );
  }
  const there = value !== undefined || required;
  return (
    <fieldset className="form-group form-wide">
      <legend className="field-label">
        {label}
        {!required && <span className="field-optional"> optional</span>}
      </legend>
      {there && <PropertiesView properties={properties} path={path} value={value} />}
      {errors}
      {!required && (
        <Button
          size="small"
          onClick={() => onChange(path, there ? undefined : (initialValue({ ...schema, default: undefined }, root) ?? {}))}
        >
          {there ? `Leave ${label} out` : `Add ${label}`}
        </Button>
      )}
    </fieldset>
  );
}
