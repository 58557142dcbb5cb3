export type { ProvidedContext } from "vitest";

/** What the test run's global setup provides: the address of one real DynamoDB engine. */
declare module "vitest" {
  interface ProvidedContext {
    dynamodbEndpoint: string;
  }
}
