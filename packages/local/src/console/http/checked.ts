import * as v from "valibot";
import { ConsoleProblem } from "./consoleProblem.ts";

/** What came from outside, in the form it must have. @throws {ConsoleProblem} that names the first thing that is wrong. */
export function checked<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new ConsoleProblem("INVALID", where === null ? `It ${issue.message}.` : `"${where}" ${issue.message}.`);
}
