import { useState } from "react";
import type { ReactElement } from "react";
import { useReadable } from "../../api/useReadable.ts";
import { Button, Icon } from "../../ui/index.ts";
import { useConsole } from "../consoleContext.ts";
import { IdentityDialog } from "./identityDialog.tsx";

/** Who the page is; opens the dialog in which that is changed. */
export function IdentityButton(): ReactElement {
  const { user, tenant } = useReadable(useConsole().identity);
  const [open, setOpen] = useState(false);
  const name = user === tenant ? user : `${user} of ${tenant}`;
  return (
    <>
      <Button
        size="small"
        className="identity-button"
        aria-haspopup="dialog"
        aria-label={`Who am I: ${name}`}
        title={name}
        onClick={() => setOpen(true)}
      >
        <Icon name="user" />
        <span className="identity-name">{name}</span>
      </Button>
      {open && <IdentityDialog onClose={() => setOpen(false)} />}
    </>
  );
}
