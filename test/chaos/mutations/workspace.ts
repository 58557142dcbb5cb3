import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A copy of the working tree that may be broken: the tree itself is never written to. */
export interface Workspace {
  readonly root: string;
  remove(): void;
}

/** Copies all files that git knows or would add; dependencies are linked, but for our own packages, which are those of the copy. */
export function copyWorkspace(from: string): Workspace {
  const root = mkdtempSync(join(tmpdir(), "streamer-mutations-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: from, encoding: "utf8" });
  for (const file of listed.split("\0").filter((name) => name !== "" && existsSync(join(from, name)))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(from, file), join(root, file));
  }
  linkAll(join(from, "node_modules"), join(root, "node_modules"));
  // Relative links: in the copy they lead to the copy's own packages.
  cpSync(join(from, "node_modules/@streamer"), join(root, "node_modules/@streamer"), { recursive: true, verbatimSymlinks: true });
  for (const name of readdirSync(join(root, "packages"))) {
    const own = join(from, "packages", name, "node_modules");
    if (existsSync(own)) linkAll(own, join(root, "packages", name, "node_modules"));
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function linkAll(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  // A cache of its own: two runs must not share what they transformed.
  const names = readdirSync(from).filter((name) => name !== "@streamer" && !name.startsWith(".cache") && !name.startsWith(".vite"));
  for (const name of names) symlinkSync(join(from, name), join(to, name));
}
