import { useEffect, useRef } from "react";
import type { ReactElement, ReactNode } from "react";
import { ConnectionState } from "./connectionState.tsx";
import { IdentityButton } from "./identity/identityButton.tsx";
import { LiveBanner } from "./liveBanner.tsx";
import { Nav } from "./nav.tsx";
import { ThemeSwitch } from "./themeSwitch.tsx";
import { Toasts } from "./toasts/toasts.tsx";
import "./shell.css";

/** What stands around every page. `place` is another for each place: going to one begins at its top. */
export function Shell({ place, children }: { readonly place: string; readonly children: ReactNode }): ReactElement {
  const main = useRef<HTMLElement>(null);
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place]);
  return (
    <>
      {/* Not a link: what stands after `#` says where one is. */}
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header className="top">
        <div className="top-row">
          <a className="brand" href="#/try" aria-label="Streamer">
            <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
              <rect width="32" height="32" rx="8" />
              <path d="M7 12h11M7 16h18M7 20h8" />
            </svg>
            Streamer
          </a>
          <Nav />
          <div className="top-tools">
            <ConnectionState />
            <IdentityButton />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <LiveBanner />
      <main className="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <Toasts />
    </>
  );
}
