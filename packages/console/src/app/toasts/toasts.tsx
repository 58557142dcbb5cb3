import type { ReactElement } from "react";
import { useReadable } from "../../api/useReadable.ts";
import { Button, Icon, Notice } from "../../ui/index.ts";
import { useConsole } from "../consoleContext.ts";

export function Toasts(): ReactElement {
  const { toasts } = useConsole();
  const shown = useReadable(toasts.toasts);
  return (
    <div className="toasts" role="status">
      {shown.map(({ id, tone, text }) => (
        <Notice
          key={id}
          tone={tone}
          actions={
            <Button kind="quiet" size="small" aria-label={`Dismiss: ${text}`} onClick={() => toasts.dismiss(id)}>
              <Icon name="cross" />
            </Button>
          }
        >
          {text}
        </Notice>
      ))}
    </div>
  );
}
