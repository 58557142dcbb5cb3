import { createSweeper } from "@streamer/server";
import { sweeperDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";
import { withSettings } from "./settings.ts";

export const handler = createSweeper({ actions }, withSettings(sweeperDeps));
