import { parse, ValidationError } from "@streamer/protocol";
import { describe, expect, test } from "vitest";
import * as echo from "./echo/examples.ts";
import * as generateReport from "./generateReport/examples.ts";
import * as getRequest from "./getRequest/examples.ts";
import * as health from "./health/examples.ts";
import { actions } from "./index.ts";
import * as listRequests from "./listRequests/examples.ts";

// Those of processData and bulkOperation are tested with their work: some are refused by it alone.
const examples = { echo, generateReport, getRequest, health, listRequests } as const;
const keys = Object.keys(examples) as readonly (keyof typeof examples)[];

describe.each(keys)("examples of %s", (key) => {
  const { input } = actions[key];
  const { validExamples, invalidExamples } = examples[key];

  test.each(validExamples.map(({ title, payload }) => [title, payload] as const))("%s: is taken", async (_, payload) => {
    await expect(parse(input, payload)).resolves.toBeDefined();
  });

  test.each(invalidExamples.map((example) => [example.title, example] as const))(
    "%s: is refused at the field",
    async (_, { payload, issue }) => {
      const refusal = parse(input, payload);
      await expect(refusal).rejects.toBeInstanceOf(ValidationError);
      const error = (await refusal.catch((thrown: unknown) => thrown)) as ValidationError;
      expect((error.toBody().details as { issues: readonly unknown[] }).issues[0]).toEqual(issue);
    },
  );
});
