import type { ReactElement } from "react";
import { useReadable } from "../api/useReadable.ts";
import { Button, Notice } from "../ui/index.ts";
import { useConsole } from "./consoleContext.ts";

/** Says that what is shown does not move any more, and why. */
export function LiveBanner(): ReactElement {
  const { live } = useConsole();
  const state = useReadable(live.state);
  const reloaded = useReadable(live.reloaded);
  return (
    <div className="banner" role="status">
      {state === "lost" && (
        <Notice tone="warn">
          The local stack does not answer; this page goes on by itself when it does. Is “streamer dev” still running?
        </Notice>
      )}
      {state === "other-run" && (
        <Notice
          tone="warn"
          actions={
            <Button size="small" onClick={() => location.reload()}>
              Reload
            </Button>
          }
        >
          “streamer dev” was started anew, and this page belongs to the run before.
        </Notice>
      )}
      {reloaded?.error !== undefined && (
        <Notice tone="bad">
          {reloaded.functions.join(", ")} could not be loaded anew; what ran before goes on. {reloaded.error}
        </Notice>
      )}
    </div>
  );
}
