import { expect, it } from "vitest";
import { deployedStage, skipReason } from "./deployedStage.ts";

it("without a stage there is a reason, which says how to run on one", () => {
  expect(skipReason({})).toMatch(/^no deployed stage: run "npx sst shell --stage <name> -- npm run test:contract"/);
});

it("under sst shell there is none", () => {
  expect(skipReason({ SST_RESOURCE_App: '{"name":"streamer","stage":"ada"}' })).toBeUndefined();
});

it("a stage without a token to test with is an error, not a skip", () => {
  expect(() => deployedStage({ SST_RESOURCE_App: "{}" })).toThrow("STREAMER_CONTRACT_TOKEN is not set");
  expect(() => deployedStage({ SST_RESOURCE_App: "{}", STREAMER_CONTRACT_TOKEN: "" })).toThrow("STREAMER_CONTRACT_TOKEN is not set");
});
