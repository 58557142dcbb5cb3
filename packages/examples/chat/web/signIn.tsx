import type { ReactElement } from "react";

/** Stands for your login: on the local stack everybody is who they say they are. The names go into this tab's address. */
export function SignIn(): ReactElement {
  return (
    <main className="sign-in">
      <form className="card" method="get">
        <h1>Chat</h1>
        <p className="muted">Open a second tab as somebody else, and talk.</p>
        <label className="field">
          Your name
          <input className="input" name="user" required pattern="[A-Za-z0-9][A-Za-z0-9_.\-]*" maxLength={64} autoComplete="off" />
        </label>
        <label className="field">
          Team
          <input
            className="input"
            name="team"
            required
            defaultValue="acme"
            pattern="[A-Za-z0-9][A-Za-z0-9_.\-]*"
            maxLength={64}
            autoComplete="off"
          />
        </label>
        <p className="muted small">Teams are tenants: the same rooms in another team are other rooms.</p>
        <button type="submit" className="button" data-kind="primary">
          Come in
        </button>
      </form>
    </main>
  );
}
