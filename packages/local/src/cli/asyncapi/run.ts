import { writeFile } from "node:fs/promises";
import { findFunctionsDir, loadApp } from "../../stack/app.ts";
import { CommandError, EXIT } from "../failure.ts";
import { asyncApiDocument } from "./document.ts";

export interface AsyncApiCommandOptions {
  readonly functions?: string;
  readonly out?: string;
  readonly url?: string;
  readonly title: string;
  readonly appVersion: string;
  readonly json: boolean;
}

export async function runAsyncApi({ functions, out, url, title, appVersion, json }: AsyncApiCommandOptions): Promise<void> {
  if (url !== undefined && !/^wss?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new CommandError(EXIT.usage, `"${url}" is not where clients connect. Pass the stage's address, wss://….`);
  const { actions } = await loadApp(await findFunctionsDir(functions, process.cwd()));
  const text = `${JSON.stringify(asyncApiDocument({ actions, title, version: appVersion, url }), undefined, json ? undefined : 2)}\n`;
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(out, text);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new CommandError(EXIT.failure, `"${out}" cannot be written (${code}). Name another file with --out.`, { cause: error });
  }
  process.stderr.write(`Written: ${out}\n`);
}
