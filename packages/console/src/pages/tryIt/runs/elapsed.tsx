import type { ReactElement } from "react";
import { useNow } from "../../../app/consoleContext.ts";
import { durationText } from "../../../ui/index.ts";

/** How long something has taken so far, to the second. */
export function Elapsed({ since }: { readonly since: number }): ReactElement {
  const elapsedMs = Math.max(0, useNow() - since);
  return <>{elapsedMs < 60_000 ? `${Math.floor(elapsedMs / 1000)} s` : durationText(elapsedMs)}</>;
}
