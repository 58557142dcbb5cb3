/** A schema as Streamer takes them of any library: https://standardschema.dev */
export interface Schema<Value> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { readonly value: Value } | { readonly issues: readonly { readonly message: string }[] };
    readonly types?: { readonly input: Value; readonly output: Value } | undefined;
  };
}

/** Takes everything, unless it is told to refuse; then it quotes what it got, as schemas do. */
export function quotingSchema<Value>(refuses: (value: Value) => boolean): Schema<Value> {
  const validate: Schema<Value>["~standard"]["validate"] = (value) =>
    refuses(value as Value) ? { issues: [{ message: `received ${JSON.stringify(value)}` }] } : { value: value as Value };
  return { "~standard": { version: 1, vendor: "test", validate } };
}

export interface Revealed {
  readonly how: string;
  readonly secret: string;
}
