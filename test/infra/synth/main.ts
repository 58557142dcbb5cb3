import { parseArgs } from "node:util";
import { synth } from "./synth.ts";

/** `npm run synth -- --stage <name> [--json] [--config <file>]`: what a deployment of a stage would make. */
const USAGE = "Usage: npm run synth -- --stage <name> [--json] [--config <file>]";

const { values } = parseArgs({ options: { stage: { type: "string" }, json: { type: "boolean" }, config: { type: "string" } } });
if (values.stage === undefined) {
  process.stderr.write(`Which stage? ${USAGE}\n`);
  process.exit(2);
}
try {
  const { resources } = await synth({ stage: values.stage, ...(values.config === undefined ? {} : { config: values.config }) });
  if (values.json === true) process.stdout.write(`${JSON.stringify(resources, null, 2)}\n`);
  else {
    for (const { type, name } of resources) process.stdout.write(`${type}  ${name}\n`);
    process.stdout.write(`${resources.length} resources\n`);
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
