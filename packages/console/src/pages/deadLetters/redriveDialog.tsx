import { useState } from "react";
import type { ReactElement } from "react";
import { Button, Dialog, pluralText } from "../../ui/index.ts";

export interface RedriveDialogProps {
  readonly count: number;
  readonly actions: readonly string[];
  readonly onClose: () => void;
  /** Closes it when it is done, whatever came of it. */
  readonly onRedrive: () => Promise<void>;
}

export function RedriveDialog({ count, actions, onClose, onRedrive }: RedriveDialogProps): ReactElement {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      title={`Redrive ${pluralText(count, "request")}?`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose} disabled={busy}>
            Leave them
          </Button>
          <Button
            kind="primary"
            disabled={busy}
            onClick={() => {
              setBusy(true);
              void onRedrive();
            }}
          >
            {busy ? "Redriving…" : `Redrive ${count === 1 ? "it" : `all ${count}`}`}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>
          {count === 1 ? "It starts again under its id" : "Each starts again under its id"}, with all attempts. What <code>once</code> has
          done is not done again, and clients that still watch see it go on.
        </p>
        <p>
          {actions.length === 1 ? "Action" : "Actions"}: {actions.join(", ")}
        </p>
        <p className="muted small">Mend the cause first: a redrive into the same defect is another dead letter.</p>
      </div>
    </Dialog>
  );
}
