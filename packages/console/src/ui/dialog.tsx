import { useEffect, useId, useRef } from "react";
import type { ReactElement, ReactNode } from "react";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import "./dialog.css";

export interface DialogProps {
  readonly title: string;
  /** Rendered while it is open only. Escape and the cross ask for this. */
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Its buttons. */
  readonly footer?: ReactNode;
}

/** A modal dialog: mount it to open it. The browser keeps the focus in it, and gives it back when it is gone. */
export function Dialog({ title, onClose, children, footer }: DialogProps): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <Button kind="quiet" size="small" aria-label="Close" onClick={onClose}>
          <Icon name="cross" />
        </Button>
      </div>
      {children}
      {footer !== undefined && <div className="dialog-foot">{footer}</div>}
    </dialog>
  );
}
