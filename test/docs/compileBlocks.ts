import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { placeOf, ROOT, withEdit } from "./codeBlocks.ts";
import type { CodeBlock } from "./codeBlocks.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const DEFAULT_FIXTURE = "default";
/** Within the repository, so that its packages are found. */
const CACHE = join(ROOT, "node_modules/.cache");

const OPTIONS = {
  extends: "../../../tsconfig.base.json",
  compilerOptions: {
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    noEmit: true,
    rootDir: "../../..",
    types: ["node"],
    lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
    jsx: "react-jsx",
  },
  include: ["test", "fixtures", "pages", "../../../sst-env.d.ts"],
};

/** What a fixture gives: names that a fragment may use without saying where they are from. */
interface Fixture {
  readonly types: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
}

/** A file that is compiled: of which block it is, and how many lines stand before the block's own. `undefined`: its lines are not the block's. */
interface BlockFile {
  readonly block: CodeBlock;
  readonly linesBefore: number | undefined;
}

/**
 * Compiles blocks as files of their own, all in one run, with the settings of this repository.
 *
 * - One that its page has the reader write (`file=hello.ts`), or edit (`edit=…`), is compiled as if it stood in the repository, beside the other
 *   files of the page.
 * - Any other may be a fragment: what it does not declare comes from a fixture, the one that its fence names (`fixture=orders`) or the default.
 *
 * @returns what the compiler says, each by the page's line.
 */
export async function compileProblems(blocks: readonly CodeBlock[]): Promise<readonly string[]> {
  await mkdir(CACHE, { recursive: true });
  const dir = await mkdtemp(join(CACHE, "docs-code-"));
  try {
    await cp(FIXTURES, join(dir, "fixtures"), { recursive: true });
    // The app that complete examples import from: `../src/actions/index.ts`.
    await cp(join(FIXTURES, "src"), join(dir, "src"), { recursive: true });
    const fixtures = await readFixtures();
    const problems: string[] = [];
    const files = new Map<string, BlockFile>();
    const write = async (path: string, text: string, file: BlockFile): Promise<void> => {
      files.set(path, file);
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), `${text}\n`);
    };
    for (const [index, block] of blocks.entries()) {
      const { file, edit, fixture: name = DEFAULT_FIXTURE } = block.info;
      if (file !== undefined) {
        await write(join(folderOf(block), file), block.code, { block, linesBefore: 0 });
        continue;
      }
      if (edit !== undefined) {
        const text = withEdit(await readFile(join(ROOT, edit), "utf8"), block.code);
        await write(join(folderOf(block), edit), text, { block, linesBefore: undefined });
        continue;
      }
      const fixture = fixtures.get(name);
      if (fixture === undefined) problems.push(`${placeOf(block)}: there is no fixture "${name}" in test/docs/fixtures.`);
      else
        await write(`test/block${index}.${block.language}`, `${preamble(block.code, name, fixture)}\n${block.code}`, {
          block,
          linesBefore: 1,
        });
    }
    // A file that is not among a page's own is another page's, or the repository's.
    const pages = [...new Set([...files.values()].map(({ block }) => folderOf(block)))];
    const compilerOptions = { ...OPTIONS.compilerOptions, rootDirs: [...pages, "../../.."] };
    await writeFile(join(dir, "tsconfig.json"), JSON.stringify({ ...OPTIONS, compilerOptions }));
    return [...problems, ...(await tsc(dir, files))];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Where the files of a page stand. */
function folderOf({ page }: CodeBlock): string {
  return join("pages", page.replaceAll(/[^\w-]/g, "_"));
}

async function readFixtures(): Promise<ReadonlyMap<string, Fixture>> {
  const files = (await readdir(FIXTURES)).filter((file) => /\.tsx?$/.test(file));
  const fixtures = files.map(
    async (file) => [basename(file).split(".")[0] ?? "", exportsOf(await readFile(join(FIXTURES, file), "utf8"))] as const,
  );
  return new Map(await Promise.all(fixtures));
}

function exportsOf(source: string): Fixture {
  const values = new Set(
    [...source.matchAll(/^export (?:declare )?(?:async )?(?:const|let|function|class) (\w+)/gm)].map(([, name = ""]) => name),
  );
  const types = new Set([...source.matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, name = ""]) => name));
  for (const [, isType, names = ""] of source.matchAll(/^export (type )?\{([^}]*)\}/gm)) {
    for (const name of names.split(",").map((one) => one.trim())) if (name !== "") (isType === undefined ? values : types).add(name);
  }
  for (const [, name = ""] of source.matchAll(/^export \* as (\w+) from/gm)) values.add(name);
  return { types, values };
}

/** One line, so that the compiler's lines are the page's, and one more. It makes the block a module, too. */
function preamble(code: string, name: string, { types, values }: Fixture): string {
  const declared = declaredIn(code);
  const wanted = (names: ReadonlySet<string>): string =>
    [...names].filter((one) => !declared.has(one) && new RegExp(`\\b${one}\\b`).test(code)).join(", ");
  const from = `from "../fixtures/${name}.ts";`;
  return `import type { ${wanted(types)} } ${from} import { ${wanted(values)} } ${from}`;
}

/** Names that a block declares or imports itself, at whatever depth: a fixture's would clash. */
function declaredIn(code: string): ReadonlySet<string> {
  const declared = [...code.matchAll(/\b(?:const|let|function|class|type|interface)\s+(\w+)/g)].map(([, name = ""]) => name);
  const destructured = [...code.matchAll(/(?:\bconst|\bimport(?: type)?) ?\{([^}]*)\}/g)].flatMap(([, names = ""]) => names.split(","));
  const all = [...code.matchAll(/\bimport \* as (\w+)/g)].map(([, name = ""]) => name);
  return new Set([
    ...declared,
    ...all,
    ...destructured.map(
      (one) =>
        one
          .trim()
          .split(/\s*(?::|\bas\b)\s*/)
          .at(-1) ?? "",
    ),
  ]);
}

async function tsc(dir: string, files: ReadonlyMap<string, BlockFile>): Promise<readonly string[]> {
  const command = join(ROOT, "node_modules/typescript/bin/tsc");
  const child = spawn(process.execPath, [command, "--project", dir, "--pretty", "false"], {
    cwd: dir,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = await readAll(child.stdout);
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, path = "", row = "", message = ""] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
      const file = files.get(relative(dir, join(dir, path)));
      if (file === undefined) return line;
      return `${placeOf(file.block, file.linesBefore === undefined ? 0 : Number(row) - 1 - file.linesBefore)}: ${message}`;
    });
}
