import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./codeBlocks.ts";

export interface Option {
  readonly name: string;
  readonly isRequired: boolean;
  readonly type: string;
  /** As its docstring says, on one line; of one without, what its type's says. */
  readonly text: string;
}

/** Of options that have no docstring, since their names say it. */
const SAID_BY_NAME: Readonly<Record<string, string>> = {
  actions: "The app's actions, from `defineActions`.",
  clock: "Default: the system's time.",
  log: "Where each line of the log goes. Default: nowhere.",
};

/**
 * The options of an interface, read from its source: names, types and docstrings, in their order.
 *
 * @throws {Error} when the file has no such interface, or an option is not described.
 */
export function optionsOf(file: string, name: string): readonly Option[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  const [, body = ""] = new RegExp(`^export interface ${name}(?:<[^{]*>)?[^{]*\\{\\n(.*?)^\\}`, "ms").exec(source) ?? [];
  if (body === "") throw new Error(`${file} has no interface ${name}.`);
  const members = [...body.matchAll(/^ {2}(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+)?(?:readonly )?(\w+)(\??):\s+([\s\S]+?);$/gm)];
  let above = "";
  return members.map(([, doc, option = "", optional, type = ""]) => {
    const text = doc === undefined ? (SAID_BY_NAME[option] ?? docOfType(source, type) ?? above) : oneLine(doc);
    if (text === "") throw new Error(`${file}: ${name}.${option} has no docstring.`);
    above = `${text.includes(`\`${option}\``) ? "" : "As the one above: "}${text}`;
    return { name: option, isRequired: optional === "", type: type.replaceAll(/\s+/g, " ").replace(/ \| undefined$/, ""), text };
  });
}

/** A table of options. Types that are functions are called so: the API's pages have them in full. */
export function tableOf(options: readonly Option[]): string {
  const rows = options.map(
    ({ name, isRequired, type, text }) => `| \`${name}\`${isRequired ? ", required" : ""} | ${cell(shortType(type))} | ${cell(text)} |`,
  );
  return ["| option | type | |", "| --- | --- | --- |", ...rows].join("\n");
}

function shortType(type: string): string {
  if (type.includes("=>") && !type.startsWith("Readonly")) return "a function";
  // A template literal type has backticks of its own.
  const fence = type.includes("`") ? ["`` ", " ``"] : ["`", "`"];
  return fence.join(type.replaceAll(/readonly (?=\w+\[\])/g, ""));
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Of a docstring the words, without stars and line breaks; its links behind them. */
function oneLine(doc: string): string {
  const words = doc
    .replaceAll(/^\s*\*( |$)/gm, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return words.replaceAll(/\s*@see (\S+)/g, " ([AWS]($1))");
}

function docOfType(source: string, type: string): string | undefined {
  const name = /^\w+/.exec(type.replace(/^\((.*)\)$/, "$1"))?.[0] ?? "";
  const [, doc] = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s+export (?:type|interface) ${name}\\b`).exec(source) ?? [];
  return doc === undefined ? undefined : oneLine(doc);
}
