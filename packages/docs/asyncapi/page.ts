import { markdownTable } from "markdown-table";
import type { AsyncApiDocument } from "./document.ts";
import { fieldsOf } from "./fields.ts";

const BEGIN = "<!-- written by node --conditions=@streamer/source packages/docs/asyncapi/main.ts -->";
const END = "<!-- end -->";

/**
 * The page with its written part replaced.
 *
 * @throws when the page has lost its markers.
 */
export function withAsyncApi(page: string, document: AsyncApiDocument): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`The page has no "${BEGIN}" followed by "${END}". Put both back where the tables go.`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${renderAsyncApi(document)}\n\n${page.slice(end)}`;
}

function renderAsyncApi({ channels, operations, components }: AsyncApiDocument): string {
  const channelRows = Object.entries(channels).map(([name, { address, title, description }]) => [
    `\`${name}\``,
    `\`${address}\``,
    `${title}. ${description}`,
  ]);
  const operationRows = Object.entries(operations).map(([name, { action, summary, messages }]) => [
    `\`${name}\``,
    action,
    summary,
    String(messages.length),
  ]);
  const parts = Object.values(operations).flatMap(({ summary, messages }) => {
    const keys = messages.map(({ $ref }) => $ref.split("/").at(-1) ?? "");
    return [
      `## ${summary}`,
      table(
        ["message", "what"],
        keys.map((key) => [`[\`${key}\`](#${key})`, titleOf(key)]),
      ),
      ...keys.map((key) => message(key)),
    ];
  });
  function titleOf(key: string): string {
    return components.messages[key]?.title ?? "";
  }
  function message(key: string): string {
    const fields = fieldsOf(components.messages[key]?.payload ?? {});
    const rows = fields.map(({ path, required, allowed }) => [`\`${path}\``, required ? "yes" : "", allowed.replaceAll("<", "&lt;")]);
    return [`### ${key}`, titleOf(key), table(["field", "required", "allowed"], rows)].filter((part) => part !== "").join("\n\n");
  }
  return [
    "## Channels",
    table(
      ["channel", "address", "what"],
      channelRows.map((row) => row.map((cell) => cell.replaceAll("<", "&lt;"))),
    ),
    "## Operations",
    "Seen from the app, which receives what clients send.",
    table(["operation", "action", "what", "messages"], operationRows),
    ...parts,
  ].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : markdownTable([[...head], ...rows.map((row) => [...row])], { alignDelimiters: false, padding: true });
}
