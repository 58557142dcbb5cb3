import type { Command, Option } from "commander";

const BEGIN = "<!-- begin: written from the code -->";
const END = "<!-- end -->";

/** Every command that can be typed, with its arguments and options, as Markdown: a heading for each, in the order of the help. */
export function referenceOf(program: Command): string {
  return leaves(program)
    .map((command) => sectionOf(command))
    .join("\n");
}

/**
 * A page with the reference between its two marks.
 *
 * @throws {Error} when a mark is missing: nothing is written over by mistake.
 */
export function withReference(page: string, program: Command): string {
  const [head, rest] = page.split(`${BEGIN}\n`);
  const [, tail] = (rest ?? "").split(END);
  if (head === undefined || tail === undefined) throw new Error(`The page needs the lines "${BEGIN}" and "${END}".`);
  return `${head}${BEGIN}\n\n${referenceOf(program)}\n${END}${tail}`;
}

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap((child) => leaves(child));
}

function sectionOf(command: Command): string {
  const rows = command.options
    .filter(({ hidden }) => !hidden)
    .map((option) => `| ${code(option.flags)} | ${cell(descriptionOf(option))} |`);
  return `### ${code(usageOf(command))}\n\n${capital(command.description())}.\n\n| option | |\n|---|---|\n${rows.join("\n")}\n`;
}

function usageOf(command: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one !== null; one = one.parent) names.unshift(one.name());
  const given = command.registeredArguments.map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`));
  return [...names, ...given].join(" ");
}

function descriptionOf({ description, mandatory, argChoices, defaultValue, envVar }: Option): string {
  const known = typeof defaultValue === "string" || typeof defaultValue === "number" ? [`default ${code(String(defaultValue))}`] : [];
  const notes = [
    ...(mandatory ? ["required"] : []),
    ...(argChoices === undefined ? [] : [`one of ${argChoices.map((choice) => code(choice)).join(", ")}`]),
    ...(defaultValue === "" ? [] : known),
    ...(envVar === undefined ? [] : [`or ${code(envVar)}`]),
  ];
  return [description, ...(notes.length === 0 ? [] : [`(${notes.join("; ")})`])].join(" ");
}

const code = (text: string): string => `\`${text}\``;
/** In a table, what stands in angle brackets is no HTML. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/(?<!`[^`]*)<([^>]*)>/g, "‹$1›");
const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
