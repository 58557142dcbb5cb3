import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The state of a stack that has nothing, where Pulumi's file backend keeps it.
 *
 * @param stack `organization/<app>/<stage>`.
 */
export async function initStack(stack: string, workDir: string): Promise<void> {
  const [, app, stage] = stack.split("/");
  if (app === undefined || stage === undefined) throw new Error(`"${stack}" is no stack: it must be organization/<app>/<stage>.`);
  const dir = join(workDir, ".pulumi/stacks", app);
  await mkdir(dir, { recursive: true });
  await mkdir(join(workDir, ".pulumi/meta"), { recursive: true });
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "v3.215.0" };
  await writeFile(join(dir, `${stage}.json`), JSON.stringify({ version: 3, checkpoint: { stack, latest: { manifest } } }));
}
