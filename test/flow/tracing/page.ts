import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

const PAGE = resolve(import.meta.dirname, "../../../packages/docs/tracing.md");
const BLOCK = /(<!-- trace:begin -->\n```text\n)([\s\S]*?)(\n```\n<!-- trace:end -->)/;

/** The picture of a flow that packages/docs/tracing.md shows. */
export async function readPicture(): Promise<string> {
  const [, , picture] = BLOCK.exec(await readFile(PAGE, "utf8")) ?? [];
  if (picture === undefined) throw new Error(`${PAGE} has no place for the picture: a text block between trace:begin and trace:end.`);
  return picture;
}

export async function writePicture(picture: string): Promise<void> {
  await readPicture();
  const page = await readFile(PAGE, "utf8");
  await writeFile(
    PAGE,
    page.replace(BLOCK, (_, begin: string, _old: string, end: string) => `${begin}${picture}${end}`),
  );
}
