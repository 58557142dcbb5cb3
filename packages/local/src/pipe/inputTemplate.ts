/** A template Pipes would not take, or that the local Pipe does not know. */
export class InputTemplateError extends Error {
  override readonly name = "InputTemplateError";
}

/** Makes the JSON object of one record. */
export type RenderTemplate = (record: object) => Readonly<Record<string, unknown>>;

/** @see https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetParameters.html (InputTemplate) */
const MAX_TEMPLATE_CHARS = 8_192;
/** Stands in the text for a path that leads nowhere, until the field is taken out of the parsed object. */
const MISSING = "\u0000missing\u0000";
const PATH = /^\$(?:\.[\w/-]+|\[\d+\])*$/u;

type Part = string | { readonly path: readonly string[]; readonly isQuoted: boolean };

/**
 * Compiles a Pipe's input template, a JSON object with `<$.path>` in it, and evaluates it as EventBridge does:
 *
 * - `<$.path>` where a value stands becomes that value as JSON: text gets quotes, objects and arrays stay what they are;
 * - inside quotes it becomes plain text, not escaped; of an object or array the quotes are removed;
 * - a path that does not exist "isn't created and won't appear in the output": its field is left out; inside quotes it is empty.
 *
 * Paths are names with dots and array indices. Wildcards and the reserved `<aws.pipes.…>` variables are not known here.
 *
 * @throws {InputTemplateError} at once for a template over 8,192 characters or with another variable; at a record for a result that
 * is not a JSON object, as when quotes in a text break it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
 */
export function compileTemplate(template: string): RenderTemplate {
  if (template.length > MAX_TEMPLATE_CHARS) {
    throw new InputTemplateError(`The input template has ${template.length} characters; at most ${MAX_TEMPLATE_CHARS} are allowed.`);
  }
  const parts = parseTemplate(template);
  return (record) => {
    const text = parts.map((part) => (typeof part === "string" ? part : insert(lookUp(record, part.path), part.isQuoted))).join("");
    let result: unknown;
    try {
      result = JSON.parse(text, (_key, value: unknown) => (value === MISSING ? undefined : value));
    } catch (cause) {
      throw new InputTemplateError("The input template gives no valid JSON for this record. Leave the quotes around <$.path> away.", {
        cause,
      });
    }
    if (typeof result === "object" && result !== null && !Array.isArray(result)) return result as Record<string, unknown>;
    throw new InputTemplateError("The input template gives no JSON object for this record, and a bus takes nothing else as detail.");
  };
}

function parseTemplate(template: string): readonly Part[] {
  const parts: Part[] = [];
  let isQuoted = false;
  for (const [token] of template.matchAll(/\\.|"|<[^<>]*>|[^\\"<]+|[\\<]/gsu)) {
    if (token === '"') isQuoted = !isQuoted;
    if (!/^<.*>$/su.test(token)) {
      parts.push(token);
      continue;
    }
    const path = token.slice(1, -1);
    if (!PATH.test(path)) {
      throw new InputTemplateError(`The input template's ${token} is not known here. Use a path such as <$.dynamodb.NewImage.id.S>.`);
    }
    parts.push({ path: path.match(/[\w/-]+/gu) ?? [], isQuoted });
  }
  return parts;
}

function lookUp(record: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, step) =>
      typeof node === "object" && node !== null && Object.hasOwn(node, step) ? (node as Record<string, unknown>)[step] : undefined,
    record,
  );
}

function insert(value: unknown, isQuoted: boolean): string {
  if (!isQuoted) return JSON.stringify(value === undefined ? MISSING : value);
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', "");
}
