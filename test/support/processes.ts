import { readdir, readFile } from "node:fs/promises";

/** Command lines of the processes of this machine that hold a text, such as the name of a data directory. Needs /proc. */
export async function commandsWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return commands.filter((command) => command.includes(text));
}
