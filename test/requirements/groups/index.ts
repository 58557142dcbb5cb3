import type { Group } from "../requirement.ts";
import { connecting } from "./connecting.ts";
import { connectionManager } from "./connectionManager.ts";
import { decisions } from "./decisions.ts";
import { deployment } from "./deployment.ts";
import { examples } from "./examples.ts";
import { monitoring } from "./monitoring.ts";
import { processor } from "./processor.ts";
import { production } from "./production.ts";
import { progress } from "./progress.ts";
import { realTime } from "./realTime.ts";
import { router } from "./router.ts";
import { runbooks } from "./runbooks.ts";
import { sdks } from "./sdks.ts";
import { security } from "./security.ts";
import { storage } from "./storage.ts";
import { targets } from "./targets.ts";
import { testing } from "./testing.ts";

/** All that was asked for, A to Q. */
export const GROUPS: readonly Group[] = [
  storage,
  connectionManager,
  connecting,
  router,
  processor,
  progress,
  realTime,
  security,
  monitoring,
  production,
  deployment,
  sdks,
  examples,
  targets,
  testing,
  runbooks,
  decisions,
];
