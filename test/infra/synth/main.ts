import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { linkTypes } from "./linkTypes.ts";
import { REPOSITORY } from "./platform.ts";
import { synth } from "./synth.ts";

/** What a deployment of a stage would make: a list for people, or with `--json` all that the resources are given, for programs. */
const USAGE = "Usage: npm run synth -- --stage <name> [--json] [--root <folder of the app>] [--write-types]";

const { values } = parseArgs({
  options: {
    stage: { type: "string" },
    json: { type: "boolean" },
    root: { type: "string" },
    "write-types": { type: "boolean" },
  },
});
if (values.stage === undefined) {
  process.stderr.write(`Which stage? ${USAGE}\n`);
  process.exit(2);
}
try {
  const root = values.root === undefined ? REPOSITORY : resolve(values.root);
  const { resources } = await synth({ stage: values.stage, root });
  if (values["write-types"] === true) await writeFile(join(root, "sst-env.d.ts"), linkTypes(resources));
  if (values.json === true) process.stdout.write(`${JSON.stringify(resources, null, 2)}\n`);
  else {
    for (const { type, name } of resources) process.stdout.write(`${type}  ${name}\n`);
    process.stdout.write(`${resources.length} resources\n`);
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
