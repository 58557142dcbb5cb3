import type { TestProject } from "vitest/node";
import { startPlainEngine } from "./plainEngine.ts";

declare module "vitest" {
  interface ProvidedContext {
    dynamodbEndpoint: string;
  }
}

/** One real DynamoDB engine for all unit tests; each test makes tables of its own in it. `DYNAMODB_ENDPOINT` names another engine. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["DYNAMODB_ENDPOINT"];
  if (given !== undefined) {
    project.provide("dynamodbEndpoint", given);
    return async () => {};
  }
  const engine = await startPlainEngine();
  project.provide("dynamodbEndpoint", engine.endpoint);
  return () => engine.stop();
}
