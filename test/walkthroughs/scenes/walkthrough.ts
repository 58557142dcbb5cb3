import type { Director } from "../director.ts";
import type { GatedStage, ShippedStage } from "../stage.ts";

interface About {
  /** Of its files. */
  readonly name: string;
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly about: string;
}

/** Played with the app that Streamer ships, at its own pace. */
interface OnShippedApp extends About {
  readonly app: "shipped";
  play(director: Director, stage: ShippedStage): Promise<void>;
}

/** Played with the browser tests' app: its reports go as far as the script lets them, and fail when it says so. */
interface OnGatedApp extends About {
  readonly app: "gated";
  play(director: Director, stage: GatedStage): Promise<void>;
}

/** A film's script. The tests play it too, so that it stays true. */
export type Walkthrough = OnShippedApp | OnGatedApp;
