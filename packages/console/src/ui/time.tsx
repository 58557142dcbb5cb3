import type { ReactElement } from "react";
import { agoText, dateText } from "./format.ts";

/** How long ago something was; the date on pointing at it. Pass `useNow()`. */
export function Time({ at, now }: { readonly at: number; readonly now: number }): ReactElement {
  return (
    <time dateTime={new Date(at).toISOString()} title={dateText(at)} className="number">
      {agoText(at, now)}
    </time>
  );
}
