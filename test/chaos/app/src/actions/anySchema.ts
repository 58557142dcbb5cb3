/** A schema as Streamer takes them of any library: https://standardschema.dev */
export interface AnySchema<Value> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { readonly value: Value };
    readonly types?: { readonly input: Value; readonly output: Value } | undefined;
  };
}

/** Takes everything: only the harness sends, and what it sends is typed. */
export function anySchema<Value>(): AnySchema<Value> {
  return { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as Value }) } };
}
