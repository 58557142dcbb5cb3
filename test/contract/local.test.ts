import { afterAll, beforeAll, describe } from "vitest";
import { startTestStack } from "../support/localStack.ts";
import type { TestStack } from "../support/localStack.ts";
import { tellStories } from "./stories.ts";
import type { Target } from "./target.ts";

describe("the local stack", () => {
  let stack: TestStack;
  let target: Target;
  beforeAll(async () => {
    stack = await startTestStack({ dynamodbEndpoint: process.env["DYNAMODB_ENDPOINT"] });
    target = { websocketUrl: stack.websocketUrl, token: await stack.token() };
  });
  afterAll(() => stack.stop());

  tellStories(() => target);
});
