import { Ajv2020 } from "ajv/dist/2020.js";
import type { ConversationFile, MessageVector, MessageVectorFile } from "./vectorTypes.ts";

/** A file of `packages/protocol/vectors`. */
export interface VectorFile {
  readonly name: string;
  readonly content: MessageVectorFile | ConversationFile;
}

/** As texts, as the test runner's bundler gives them. Node's types stay out of this package: it runs in browsers. */
const texts = import.meta.glob("../../vectors/*.json", { query: "?raw", import: "default", eager: true });

const parsed = new Map(
  Object.entries(texts).map(([path, text]) => [path.replace(/^.*\//, ""), JSON.parse(text) as { readonly $schema?: string }]),
);

export function readVectorFiles(): { readonly all: readonly VectorFile[]; readonly messages: readonly MessageVectorFile[] } {
  const all = [...parsed]
    .filter(([name]) => !name.endsWith(".schema.json"))
    .map(([name, content]) => ({ name, content: content as VectorFile["content"] }));
  return { all, messages: all.flatMap(({ content }) => ("sender" in content ? [content] : [])) };
}

/** What speaks against a file by the schema that it names; nothing when it is as it should be. */
export function schemaProblems(name: string): readonly string[] {
  const file = parsed.get(name);
  const schema = parsed.get(file?.$schema?.replace("./", "") ?? "");
  if (schema === undefined) return [`${name} names no schema that is there: ${file?.$schema}`];
  const ajv = new Ajv2020({ allErrors: true });
  ajv.validate(schema, file);
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The frame of a vector. */
export function textOf({ text, json, built }: MessageVector): string {
  if (built !== undefined) return built.before + built.fill.repeat(built.count) + built.after;
  return text ?? JSON.stringify(json);
}
