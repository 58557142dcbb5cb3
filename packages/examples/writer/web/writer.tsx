import { useAction } from "@streamer/react";
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";
import { api } from "./api.ts";
import { inWords } from "./inWords.ts";
import { savedStory, saveStory } from "./savedStory.ts";

const IDEAS = ["a fox and a lighthouse", "the last tram home", "why the sea is salty"];

/** Asks for a story, and shows it while it is written. */
export function Writer(): ReactElement {
  const [saved] = useState(savedStory);
  const [prompt, setPrompt] = useState(saved?.prompt ?? "");
  const story = useAction(api.writeStory, { resume: saved?.id });
  const isWriting = !["idle", "completed", "failed", "cancelled"].includes(story.status);
  // While it is written: what the newest attempt has emitted. At the end both are the same.
  const text = story.data?.text ?? story.chunks.join("");

  const write = (event: FormEvent): void => {
    event.preventDefault();
    if (isWriting || prompt.trim() === "") return;
    // The id is known at once: whatever happens from here on, a reload finds the story.
    saveStory({ id: story.submit({ prompt }).id, prompt });
  };

  return (
    <main>
      <header>
        <h1>Writer</h1>
        <p className="muted">A story, token by token. Reload meanwhile, or close the lid: it goes on.</p>
      </header>
      <form onSubmit={write}>
        <label className="field">
          What should it be about?
          <input
            className="input"
            value={prompt}
            maxLength={300}
            placeholder={IDEAS[0]}
            autoComplete="off"
            onChange={(event) => setPrompt(event.target.value)}
          />
        </label>
        {isWriting ? (
          <button type="button" className="button" onClick={() => void story.cancel("stopped on the page")}>
            Stop
          </button>
        ) : (
          <button type="submit" className="button" data-kind="primary" disabled={prompt.trim() === ""}>
            Write
          </button>
        )}
      </form>
      {story.status === "idle" && (
        <ul className="ideas" aria-label="Ideas">
          {IDEAS.map((idea) => (
            <li key={idea}>
              <button type="button" className="button" onClick={() => setPrompt(idea)}>
                {idea}
              </button>
            </li>
          ))}
        </ul>
      )}
      {story.status !== "idle" && (
        <section className="card" aria-label="Story" aria-busy={isWriting} data-request={story.id} data-attempt={story.attempt}>
          <p className="state small muted" role="status">
            {inWords(story)}
            {story.stale && " Reconnecting …"}
          </p>
          {story.incomplete && story.data === undefined && (
            <p className="notice">A part of the text is not kept any more. The whole story comes at the end.</p>
          )}
          <p className="text">
            {text}
            {isWriting && <span className="caret" aria-hidden="true" />}
          </p>
          {story.status === "failed" && (
            <p className="notice" data-kind="bad" role="alert">
              {story.error.message}
            </p>
          )}
        </section>
      )}
    </main>
  );
}
