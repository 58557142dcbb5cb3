import { useId, useState } from "react";
import type { FormEvent, ReactElement } from "react";
import { Button, Dialog, Field } from "../../ui/index.ts";
import { useCommand, useConsole } from "../consoleContext.ts";
import { knownPermissions, permissionsIn } from "./identity.ts";
import "./identityDialog.css";

/** User, tenant and permissions of the page's tokens. Another identity connects anew. */
export function IdentityDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { api, app, identity } = useConsole();
  const run = useCommand();
  const formId = useId();
  const current = identity.get();
  const known = knownPermissions(app.actions);
  const [user, setUser] = useState(current.user);
  const [tenant, setTenant] = useState(current.tenant);
  const [chosen, setChosen] = useState<readonly string[]>(current.permissions.filter((permission) => known.includes(permission)));
  const [others, setOthers] = useState(current.permissions.filter((permission) => !known.includes(permission)).join(" "));
  const who = { user: user.trim(), tenant: tenant.trim(), permissions: [...new Set([...chosen, ...permissionsIn(others)])] };
  const save = (event: FormEvent): void => {
    event.preventDefault();
    identity.set(who);
    onClose();
  };
  const toggle = (permission: string): void =>
    setChosen(chosen.includes(permission) ? chosen.filter((one) => one !== permission) : [...chosen, permission]);
  const copy = (): void =>
    run(async () => navigator.clipboard.writeText(await api.token(who)), "A token for one hour is on the clipboard.");
  return (
    <Dialog
      title="Who am I"
      onClose={onClose}
      footer={
        <>
          <Button onClick={copy} disabled={who.user === "" || who.tenant === ""}>
            Copy a token
          </Button>
          <Button kind="primary" type="submit" form={formId}>
            Use
          </Button>
        </>
      }
    >
      <form id={formId} className="stack" onSubmit={save}>
        <p className="muted small">The local stack signs a token with whatever you say here; each user sees their own requests only.</p>
        <div className="identity-names">
          <Field label="User">
            {(control) => (
              <input
                {...control}
                className="input"
                required
                value={user}
                autoComplete="off"
                onChange={(event) => setUser(event.target.value)}
              />
            )}
          </Field>
          <Field label="Tenant">
            {(control) => (
              <input
                {...control}
                className="input"
                required
                value={tenant}
                autoComplete="off"
                onChange={(event) => setTenant(event.target.value)}
              />
            )}
          </Field>
        </div>
        {known.length > 0 && (
          <fieldset>
            <legend className="field-label">Permissions that actions ask for</legend>
            <div className="identity-permissions">
              {known.map((permission) => (
                <label key={permission} className="check small">
                  <input type="checkbox" checked={chosen.includes(permission)} onChange={() => toggle(permission)} />
                  <code>{permission}</code>
                </label>
              ))}
            </div>
          </fieldset>
        )}
        <Field label="Other permissions" optional hint="Separated by spaces, such as “requests:read”.">
          {(control) => (
            <input {...control} className="input" value={others} autoComplete="off" onChange={(event) => setOthers(event.target.value)} />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
