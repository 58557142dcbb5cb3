import type { ActionView } from "../../console/contract.ts";
import type { JsonSchema } from "../../schema/jsonSchema.ts";
import { columns, lines } from "../columns.ts";
import { durationInWords } from "../durationInWords.ts";
import { quoted } from "../quoted.ts";

function toJson(view: ActionView) {
  const { name, asynchronous, estimatedDurationMs, timeoutMs, attempts, permissions } = view;
  return {
    name,
    asynchronous,
    estimated_duration_ms: estimatedDurationMs,
    timeout_ms: timeoutMs,
    attempts,
    permissions,
  };
}

export function listAsJson(views: readonly ActionView[]): string {
  return `${JSON.stringify(views.map(toJson))}\n`;
}

export function listAsText(views: readonly ActionView[]): string {
  return columns(
    ["ACTION", "KIND", "ABOUT", "AT MOST", "ATTEMPTS", "PERMISSIONS"],
    views.map(({ name, asynchronous, estimatedDurationMs, timeoutMs, attempts, permissions }) => [
      name,
      asynchronous ? "long" : "short",
      durationInWords(estimatedDurationMs),
      durationInWords(timeoutMs),
      asynchronous ? String(attempts) : "1",
      permissions.length === 0 ? "none" : permissions.join(", "),
    ]),
  );
}

export function viewAsJson(view: ActionView, outputSchema: JsonSchema): string {
  const { inputSchema, noSchemaReason, examples } = view;
  return `${JSON.stringify({
    ...toJson(view),
    ...(inputSchema === undefined ? { no_schema_reason: noSchemaReason } : { input_schema: inputSchema }),
    output_schema: outputSchema,
    examples,
  })}\n`;
}

export function viewAsText(view: ActionView, outputSchema: JsonSchema): string {
  const { name, asynchronous, estimatedDurationMs, timeoutMs, attempts, permissions, inputSchema, noSchemaReason = "", examples } = view;
  const kind = asynchronous
    ? "long: accepted at once, done by a processor of its own, with progress"
    : "short: answered at once by the router";
  const head = lines({
    action: name,
    kind,
    about: durationInWords(estimatedDurationMs),
    "at most": durationInWords(timeoutMs),
    ...(asynchronous ? { attempts } : {}),
    permissions: permissions.length === 0 ? "none" : permissions,
  });
  const input = inputSchema === undefined ? `${noSchemaReason}\n` : laidOut(inputSchema);
  const good = examples.filter(({ error }) => error === undefined);
  const watch = asynchronous ? " --watch" : "";
  const typed = good.map(
    ({ title, payload }) => `\n# ${title}\nstreamer submit ${name} --payload ${quoted(JSON.stringify(payload))}${watch}\n`,
  );
  const none = `\nNone. They are the "validExamples" of examples.ts, beside the action's definition.\n`;
  return `${head}\nInput, as JSON Schema\n\n${input}\nResult, as JSON Schema\n\n${laidOut(outputSchema)}\nExamples\n${typed.join("") || none}`;
}

function laidOut(json: JsonSchema): string {
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
