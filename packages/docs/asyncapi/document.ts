import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "../../..");

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One message of the document. */
export interface AsyncApiMessage {
  readonly name: string;
  readonly title: string;
  readonly payload: JsonSchema;
}

interface Reference {
  readonly $ref: string;
}

/** As much of an AsyncAPI 3.0 document as the page shows. */
export interface AsyncApiDocument {
  readonly channels: Readonly<Record<string, { readonly address: string; readonly title: string; readonly description: string }>>;
  readonly operations: Readonly<
    Record<
      string,
      { readonly action: string; readonly summary: string; readonly channel: Reference; readonly messages: readonly Reference[] }
    >
  >;
  readonly components: { readonly messages: Readonly<Record<string, AsyncApiMessage>> };
}

/** What `streamer asyncapi` says of the actions that Streamer ships, as text. */
export async function asyncApiText(): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(ROOT, "packages/local/bin/streamer.js"), "asyncapi", "--functions", join(ROOT, "packages/functions"), "--title", "Streamer"],
    { maxBuffer: 10_000_000 },
  );
  return stdout;
}
