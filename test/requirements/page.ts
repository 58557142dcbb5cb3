import { posix } from "node:path";
import type { Group, Proof, Requirement, State } from "./requirement.ts";

/** Where the page is, from the root. */
export const PAGE = "packages/docs/requirements.md";

const TELLS_TOO_LITTLE: readonly string[] = ["index", "main", "action", "handler", "processor", "README"];
const STATES: readonly State[] = ["done", "in part", "open", "not applicable"];

/** The page, as markdown. */
export function renderPage(groups: readonly Group[]): string {
  const all = groups.flatMap(({ requirements }) => requirements);
  return `${[
    "# What was asked for, and what shows it",
    [
      "Written by `npm run requirements -- --write` from [test/requirements](../../test/requirements); a test holds it against the repository: each id is there",
      "once, each file and each test that is named exists, and this page is what the table says. Whether a test shows what its line says, only a reader can judge:",
      "who changes one looks at the other.",
    ].join("\n"),
    [
      "- **done**: built, and shown by what is named. A note says where it was built otherwise than asked for.",
      "- **in part**: what is named shows a part; the note says what is missing.",
      "- **open**: not there yet.",
      "- **not applicable**: nothing that this repository could show.",
    ].join("\n"),
    table(
      ["", ...STATES, "all"],
      [
        ...groups.map(({ letter, title, requirements }) => [`[${letter}. ${title}](#${anchor(letter, title)})`, ...counts(requirements)]),
        ["**all**", ...counts(all).map((count) => (count === "" ? "" : `**${count}**`))],
      ],
    ),
    ...groups.flatMap(renderGroup),
  ].join("\n\n")}\n`;
}

/** In one line: for the command. */
export function summary(groups: readonly Group[]): string {
  const all = groups.flatMap(({ requirements }) => requirements);
  return `${all.length} requirements: ${STATES.map((state) => `${all.filter((one) => one.state === state).length} ${state}`).join(", ")}.`;
}

function renderGroup({ letter, title, requirements }: Group): readonly string[] {
  return [
    `## ${letter}. ${title}`,
    table(
      ["id", "asked for", "state", "shown by", "note"],
      requirements.map(({ id, text, state, proofs, note }) => [
        id,
        escaped(text),
        state === "done" ? state : `**${state}**`,
        proofs.map(renderProof).join("; "),
        escaped(note ?? ""),
      ]),
    ),
  ];
}

function renderProof([path, ...tests]: Proof): string {
  const link = `[${shortName(path)}](${posix.relative(posix.dirname(PAGE), path)})`;
  return tests.length === 0 ? link : `${link}: ${tests.map((test) => `“${escaped(test)}”`).join(", ")}`;
}

/** Its last folder with it where the file's own name tells too little. */
function shortName(path: string): string {
  const name = posix.basename(path).replace(/(\.test)?\.(ts|md|json)$/, "");
  return TELLS_TOO_LITTLE.includes(name) && path.includes("/") ? `${posix.basename(posix.dirname(path))}/${name}` : name;
}

function counts(requirements: readonly Requirement[]): readonly string[] {
  const each = STATES.map((state) => requirements.filter((one) => one.state === state).length);
  return [...each.map((count) => (count === 0 ? "" : String(count))), String(requirements.length)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** What markdown would take for something else. Code in backticks stays as it is, but for what ends a cell. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[*_<[\]\\]/g, "\\$&")).replaceAll("|", "\\|"))
    .join("");
}

/** As GitHub makes it of a heading. */
function anchor(letter: string, title: string): string {
  return `${letter}. ${title}`
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}
