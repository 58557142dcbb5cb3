import { useState } from "react";
import type { ReactElement } from "react";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

/** Puts a text on the clipboard, and says whether that worked. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): ReactElement {
  const [outcome, setOutcome] = useState<"" | "Copied" | "The browser did not let it be copied">("");
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome("Copied"),
      () => setOutcome("The browser did not let it be copied"),
    );
  };
  return (
    <Button kind="quiet" size="small" className="copy" aria-label={label} title={label} onClick={copy} onBlur={() => setOutcome("")}>
      <Icon name={outcome === "Copied" ? "check" : "copy"} />
      <span className="hidden" role="status">
        {outcome}
      </span>
    </Button>
  );
}
