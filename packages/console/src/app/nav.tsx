import type { ReactElement } from "react";
import { Icon } from "../ui/index.ts";
import type { IconName } from "../ui/index.ts";
import { hrefOf } from "./route.ts";
import type { Route } from "./route.ts";
import { useRoute } from "./useRoute.ts";

interface Place {
  readonly route: Route;
  readonly title: string;
  readonly icon: IconName;
  /** The pages that belong to it. */
  readonly pages: readonly Route["page"][];
}

const PLACES: readonly Place[] = [
  { route: { page: "try" }, title: "Try it", icon: "play", pages: ["try"] },
  { route: { page: "requests" }, title: "Requests", icon: "list", pages: ["requests", "request"] },
  { route: { page: "dead-letters" }, title: "Dead letters", icon: "inbox", pages: ["dead-letters"] },
  { route: { page: "connections" }, title: "Connections", icon: "plug", pages: ["connections"] },
  { route: { page: "flow" }, title: "Flow", icon: "flow", pages: ["flow"] },
];

export function Nav(): ReactElement {
  const { page } = useRoute();
  return (
    <nav className="nav" aria-label="Console">
      {PLACES.map(({ route, title, icon, pages }) => (
        <a key={route.page} href={hrefOf(route)} aria-current={pages.includes(page) ? "page" : undefined}>
          <Icon name={icon} />
          {title}
        </a>
      ))}
    </nav>
  );
}
