import { StreamerProvider } from "@streamer/react";
import { useSyncExternalStore } from "react";
import type { ReactElement } from "react";
import { devTokenOf, streamerUrl } from "../../shared/web/access.ts";
import { personOf, ROOMS, roomOf } from "./person.ts";
import { Room } from "./room.tsx";
import { SignIn } from "./signIn.tsx";

export function App(): ReactElement {
  const room = roomOf(useSyncExternalStore(onHashChange, () => location.hash));
  const person = personOf(location.search);
  if (person === undefined) return <SignIn />;
  return (
    <StreamerProvider options={{ url: streamerUrl, token: () => devTokenOf(person) }}>
      <div className="shell">
        <header>
          <h1>Chat</h1>
          <span className="badge">{person.tenant}</span>
          <a href={location.pathname} className="small">
            Leave
          </a>
        </header>
        <nav aria-label="Rooms">
          {ROOMS.map((name) => (
            <a key={name} href={`#${name}`} aria-current={name === room ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <Room key={room} room={room} user={person.user} />
      </div>
    </StreamerProvider>
  );
}

function onHashChange(run: () => void): () => void {
  addEventListener("hashchange", run);
  return () => removeEventListener("hashchange", run);
}
