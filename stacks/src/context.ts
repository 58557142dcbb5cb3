import type { Wiring } from "@streamer/server/wiring";
import type { StreamerOptions } from "./options.ts";
import type { Platform } from "./platform.ts";
import type { StageSettings } from "./stages.ts";

/** What every file of these stacks is given. */
export interface StackContext {
  readonly platform: Platform;
  readonly options: StreamerOptions;
  readonly wiring: Wiring;
  readonly settings: StageSettings;
}
