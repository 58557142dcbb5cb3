import { Resource } from "sst/resource";
import type { Target } from "./target.ts";

/** What `sst shell` tells of a deployed stage: all that stacks/ creates and SST can link. */
interface StageLinks {
  readonly App: { readonly name: string; readonly stage: string };
  readonly StreamerApi: { readonly url: string; readonly managementEndpoint: string };
  readonly StreamerTable: { readonly name: string };
  readonly StreamerBus: { readonly name: string };
  readonly StreamerRouter: { readonly name: string };
}

export interface DeployedStage extends Target {
  readonly links: StageLinks;
}

/** Why the deployed target cannot be used here; `undefined` when it can. */
export function skipReason(env: NodeJS.ProcessEnv): string | undefined {
  if (env["SST_RESOURCE_App"] !== undefined) return undefined;
  return 'no deployed stage: run "npx sst shell --stage <name> -- npm run test:contract" with STREAMER_CONTRACT_TOKEN set (packages/docs/deploy.md).';
}

/**
 * The stage that `sst shell` opened. The token is one that the stage's issuer gave to a user for tests; it must have `sub` and
 * `tenant_id`, and live for the minutes that the suite takes.
 *
 * @throws when the token is not there: then the suite was meant to run, and fails.
 */
export function deployedStage(env: NodeJS.ProcessEnv): DeployedStage {
  const token = env["STREAMER_CONTRACT_TOKEN"];
  if (token === undefined || token === "")
    throw new Error("STREAMER_CONTRACT_TOKEN is not set. Put a token into it that the stage's issuer signed for a user for tests.");
  // SST types `Resource` by the app that is deployed.
  const links = Resource as unknown as StageLinks;
  return { websocketUrl: links.StreamerApi.url, token, links };
}
