/** A schema as Streamer takes them of any library (https://standardschema.dev), which takes everything. */
export interface Anything<Value> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { readonly value: Value };
    readonly types?: { readonly input: Value; readonly output: Value } | undefined;
  };
}

export function anything<Value>(): Anything<Value> {
  return { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as Value }) } };
}
