import { beforeAll, describe } from "vitest";
import { tellAwsFacts } from "./awsFacts.ts";
import { deployedStage, skipReason } from "./deployedStage.ts";
import type { DeployedStage } from "./deployedStage.ts";
import { tellStories } from "./stories.ts";

const reason = skipReason(process.env);
if (reason !== undefined) process.stdout.write(`The contract is not tested on AWS: ${reason}\n`);

describe.skipIf(reason !== undefined)("a deployed stage", () => {
  let stage: DeployedStage;
  beforeAll(() => {
    stage = deployedStage(process.env);
  });

  tellStories(() => stage);
  tellAwsFacts(() => stage);
});
