import { Parser } from "@asyncapi/parser";
import { text } from "node:stream/consumers";

/**
 * Reads an AsyncAPI document from stdin, and writes what the parser of the AsyncAPI project has against it. A process of its own: vitest's export
 * conditions give one of the parser's libraries a build that does not load.
 */
const { document, diagnostics } = await new Parser().parse(await text(process.stdin));
const told = diagnostics.map(({ code, severity, path, message }) => ({ code, severity, path: path.join("."), message }));
process.stdout.write(JSON.stringify({ version: document?.version(), diagnostics: told }));
