import { useAction } from "@streamer/react";
import { useState } from "react";
import type { ReactElement } from "react";
import { api } from "./api.ts";

/** Where the id of the last request is kept, so that a reload goes on with it. */
const SAVED = "letters";
const NAMES = ["Ada", "Grace", "Edsger", "Barbara", "Alan", "Katherine", "Donald", "Margaret", "Tim", "Radia", "Ken", "Frances"];

/** Sends a request for the long action, and shows how far it is. */
export function Letters(): ReactElement {
  const [saved] = useState(() => sessionStorage.getItem(SAVED) ?? undefined);
  const letters = useAction(api.writeLetters, { resume: saved });
  const busy = letters.status !== "idle" && letters.data === undefined && letters.error === undefined;

  const start = (): void => sessionStorage.setItem(SAVED, letters.submit({ names: NAMES }).id);

  return (
    <main>
      <h1>Letters</h1>
      <p>
        <button type="button" onClick={start} disabled={busy}>
          Write {NAMES.length} letters
        </button>
        {busy && (
          <button type="button" onClick={() => void letters.cancel()}>
            Cancel
          </button>
        )}
      </p>
      {letters.status !== "idle" && (
        <section aria-live="polite">
          <progress max={100} value={letters.percentage} aria-label="How far the letters are" />
          <p>
            {letters.status}, {Math.round(letters.percentage)} %{letters.message !== "" && `: ${letters.message}`}
          </p>
          {letters.data && (
            <p>
              <a href={letters.data.url}>{letters.data.letters} letters</a>
            </p>
          )}
          {letters.error && <p role="alert">{letters.error.message}</p>}
        </section>
      )}
      <p>Reload this page while the bar moves, or stop the stack and start it again: the request goes on.</p>
    </main>
  );
}
