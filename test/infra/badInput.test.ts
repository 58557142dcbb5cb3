import { expect, test } from "vitest";
import { synth } from "./synth/synth.ts";

test("a handler that nobody has written fails before anything is deployed, naming the action and the file", async () => {
  await expect(synth({ stage: "prod", config: "stacks/fixtures/missingHandler.config.ts" })).rejects.toThrow(
    'Action "import_sales": there is no packages/functions/src/actions/importSales/processor.ts. Create it, and export "handler" from it.',
  );
});

test("a secret that is not set fails with the command that sets it", async () => {
  await expect(synth({ stage: "prod", secrets: {} })).rejects.toThrow("sst secret set StreamerJwtKey");
});

test("an issuer that is not set fails with where to put it", async () => {
  await expect(synth({ stage: "prod", env: {} })).rejects.toThrow("STREAMER_JWT_ISSUER is not set. Put the");
});

test("a program that calls something unknown to the evaluation fails: no answer is made up", async () => {
  await expect(synth({ stage: "prod", config: "stacks/fixtures/unknownCall.config.ts" })).rejects.toThrow(
    /getAvailabilityZones.* has no stand-in/,
  );
});
