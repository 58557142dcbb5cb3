import { createSweeper } from "@streamer/server";
import { sweeperDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";

export const handler = createSweeper({ actions }, sweeperDeps());
